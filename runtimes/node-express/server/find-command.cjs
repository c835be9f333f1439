'use strict';

const { readFileSync, statSync } = require('node:fs');
const { join } = require('node:path');

const ENTRIES = ['index', 'server', 'app', 'main'].flatMap((name) =>
  ['.js', '.mjs', '.cjs', '.ts', '.mts'].map((extension) => name + extension),
);
/** `node server.js --flag value`: nothing that a shell would have to read. */
const PLAIN_NODE = /^node(?: +[\w./=@:,+-]+)+$/;

/**
 * How a source's server is started: `node` with arguments, or npm when the start script is more than that.
 * @typedef {{ kind: 'node', args: string[] } | { kind: 'npm' }} Command
 */

/**
 * `npm start` if package.json has a start script, else its `main`, else `index.js`, `server.js`, `app.js`, `main.js`.
 * @param {string} folder
 * @returns {Command}
 * @throws {Error} whose message is for the person who deploys
 */
function findCommand(folder) {
  const { scripts, main } = readPackage(folder);
  const start = scripts?.start?.trim();
  if (start)
    return PLAIN_NODE.test(start) ? { kind: 'node', args: start.split(/ +/).slice(1) } : { kind: 'npm' };
  if (main) {
    const file = [main, `${main}.js`, join(main, 'index.js')].find((name) => isFile(join(folder, name)));
    if (file === undefined)
      throw new Error(`package.json names "${main}" as main, which is no file of the source.`);
    return { kind: 'node', args: [file] };
  }
  const entry = ENTRIES.find((name) => isFile(join(folder, name)));
  if (entry !== undefined) return { kind: 'node', args: [entry] };
  throw new Error(
    'there is no server to start: package.json has neither a start script nor main, and the source has no index.js, server.js, app.js or main.js at its root.',
  );
}

/** @param {string} folder @returns {{ scripts?: Record<string, string>, main?: string }} */
function readPackage(folder) {
  const file = join(folder, 'package.json');
  if (!isFile(file)) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`package.json is not valid JSON: ${/** @type {Error} */ (error).message}`, {
      cause: error,
    });
  }
}

/** @param {string} path */
function isFile(path) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

module.exports = { findCommand };
