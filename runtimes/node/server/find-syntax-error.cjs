'use strict';

const { execFile } = require('node:child_process');
const { readdirSync } = require('node:fs');
const { join, relative } = require('node:path');

const MAX_FILES = 50;

/**
 * Where a syntax error stands. An error caught from `import()` does not say; `node --check` does, file by file.
 * @param {string} message Of the error.
 * @param {string} handlerFile Looked at first.
 * @param {string} appDir
 * @returns {Promise<string | undefined>} `index.mjs:3`
 */
async function findSyntaxError(message, handlerFile, appDir) {
  const files = [handlerFile, ...listModules(appDir).filter((file) => file !== handlerFile)];
  for (const file of files.slice(0, MAX_FILES)) {
    const said = await check(file);
    const line = said.includes(message) ? /:(\d+)$/m.exec(said)?.[1] : undefined;
    if (line !== undefined) return `${relative(appDir, file)}:${line}`;
  }
  return undefined;
}

/** @param {string} appDir */
function listModules(appDir) {
  return readdirSync(appDir, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.[cm]?js$/.test(file) && !/(^|\/)node_modules\//.test(file))
    .map((file) => join(appDir, file));
}

/** @param {string} file @returns {Promise<string>} */
function check(file) {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--check', file], { timeout: 5_000 }, (_error, _stdout, stderr) =>
      resolve(stderr),
    );
  });
}

module.exports = { findSyntaxError };
