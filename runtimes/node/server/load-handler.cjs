'use strict';

const { statSync } = require('node:fs');
const { isAbsolute, join, relative, resolve } = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');
const { findSyntaxError } = require('./find-syntax-error.cjs');

const EXTENSIONS = ['.mjs', '.js', '.cjs', '.mts', '.ts', '.cts'];
const TYPESCRIPT = /"\.[mc]?ts"/;

/** Why there is no handler; the message is meant for the person who deployed. */
class LoadError extends Error {
  name = 'LoadError';
}

/**
 * @param {{ handler: string, appDir: string }} options
 * @returns {Promise<Function>}
 * @throws {LoadError} whose `cause` is what user code threw, if it did
 */
async function loadHandler({ handler, appDir }) {
  const dot = handler.lastIndexOf('.');
  if (dot <= 0 || dot === handler.length - 1) {
    throw new LoadError(
      `The handler "${handler}" must have the form path/to/module.export, for example index.handler.`,
    );
  }
  const exportName = handler.slice(dot + 1);
  const file = findFile(handler.slice(0, dot), appDir, handler);
  const exported = await importFile(file, appDir);
  const found = exported[exportName] ?? exported.default?.[exportName];
  const shownFile = relative(appDir, file);
  if (typeof found === 'function') return found;
  if (found !== undefined)
    throw new LoadError(
      `The export "${exportName}" of ${shownFile} is not a function but of type ${typeof found}.`,
    );
  throw new LoadError(`${shownFile} has no export "${exportName}"; it exports ${listExports(exported)}.`);
}

/** @param {string} module @param {string} appDir @param {string} handler */
function findFile(module, appDir, handler) {
  const base = resolve(appDir, module);
  const inside = relative(appDir, base);
  if (inside.startsWith('..') || isAbsolute(inside))
    throw new LoadError(`The handler "${handler}" points outside of the function's folder.`);
  const file = EXTENSIONS.map((extension) => base + extension).find((path) =>
    statSync(path, { throwIfNoEntry: false })?.isFile(),
  );
  if (file !== undefined) return file;
  const looked = EXTENSIONS.map((extension) => module + extension).join(', ');
  throw new LoadError(
    `No file for the handler "${handler}": looked for ${looked} in the root of the source.`,
  );
}

/** @param {string} file @param {string} appDir @returns {Promise<Record<string, any>>} */
async function importFile(file, appDir) {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    const isPlaceless = error instanceof SyntaxError && findPlace(String(error.stack), appDir) === undefined;
    const place = isPlaceless ? await findSyntaxError(error.message, file, appDir) : undefined;
    throw new LoadError(describeImportError(error, appDir, place), { cause: error });
  }
}

/** @param {unknown} error @param {string} appDir @param {string} [knownPlace] */
function describeImportError(error, appDir, knownPlace) {
  if (!(error instanceof Error)) return `${String(error)} was thrown while the module was loaded.`;
  const place = knownPlace ?? findPlace(String(error.stack ?? ''), appDir);
  const message = error.message.replaceAll(`${join(appDir, '/')}`, '');
  if (
    /** @type {{ code?: string }} */ (error).code === 'ERR_UNKNOWN_FILE_EXTENSION' &&
    TYPESCRIPT.test(message)
  )
    return `${message}: TypeScript needs Node.js 22.18 or later, and this is ${process.version}.`;
  return `${error.name}: ${message}${place === undefined ? '' : ` (${place})`}`;
}

/**
 * The first place in user code that the stack names.
 * @param {string} stack @param {string} appDir
 */
function findPlace(stack, appDir) {
  for (const [, url, line] of stack.matchAll(/(file:\/\/[^\s():]+|\/[^\s():]+):(\d+)/g)) {
    const path = url.startsWith('file:') ? fileURLToPath(url) : url;
    if (path.startsWith(join(appDir, '/'))) return `${relative(appDir, path)}:${line}`;
  }
  return undefined;
}

/** @param {Record<string, any>} exported */
function listExports(exported) {
  const inner =
    typeof exported.default === 'object' && exported.default !== null ? Object.keys(exported.default) : [];
  const names = [...new Set([...Object.keys(exported), ...inner])]
    .filter((name) => name !== 'module.exports')
    .sort();
  return names.length === 0 ? 'nothing' : names.join(', ');
}

module.exports = { LoadError, loadHandler, describeImportError };
