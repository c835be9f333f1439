'use strict';

const { readdirSync, statSync } = require('node:fs');
const { isAbsolute, relative, resolve } = require('node:path');
const { LoadError } = require('./load-handler.cjs');

const EXTENSIONS = ['.mjs', '.js', '.cjs', '.mts', '.ts', '.cts'];
const NAMES = ['index', 'main'].flatMap((name) => EXTENSIONS.map((extension) => name + extension));

/**
 * The script to run: the file that `handler` names, else `index.*` or `main.*`, else the only script at the root.
 * @param {{ handler: string | undefined, appDir: string }} place
 * @returns {string} its path
 * @throws {LoadError}
 */
function findScript({ handler, appDir }) {
  if (handler) return named(handler, appDir);
  const usual = NAMES.find((name) => isFile(resolve(appDir, name)));
  if (usual !== undefined) return resolve(appDir, usual);
  const scripts = readdirSync(appDir)
    .filter((name) => EXTENSIONS.some((extension) => name.endsWith(extension)) && !/\.test\.\w+$/.test(name))
    .filter((name) => isFile(resolve(appDir, name)));
  if (scripts.length === 1) return resolve(appDir, scripts[0]);
  throw new LoadError(
    scripts.length === 0
      ? `No script: looked for ${NAMES.join(', ')} or any other script in the root of the source.`
      : `Which of ${scripts.sort().join(', ')} is the script? Say so with "handler: ${scripts[0]}" in plat.yaml.`,
  );
}

/** @param {string} handler @param {string} appDir */
function named(handler, appDir) {
  const file = resolve(appDir, handler);
  const inside = relative(appDir, file);
  if (inside.startsWith('..') || isAbsolute(inside))
    throw new LoadError(`The handler "${handler}" points outside of the function's folder.`);
  if (!isFile(file)) throw new LoadError(`The handler "${handler}" is no file of the source.`);
  return file;
}

/** @param {string} path */
function isFile(path) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

module.exports = { findScript };
