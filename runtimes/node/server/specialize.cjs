'use strict';

const { chmodSync, mkdirSync, writeFileSync } = require('node:fs');
const { dirname, join, posix } = require('node:path');
const { parseOptions } = require('./options.cjs');
const { BodyTooLarge, CallerLeft, readBody } = require('./read-body.cjs');

/** Largest body of a specialise request: the code, in base64, and the variables. */
const LIMIT_BYTES = 3 * 1024 * 1024;

/** The request cannot be taken; the instance is as it was. */
class InvalidSpecialize extends Error {
  name = 'InvalidSpecialize';
}

/**
 * Gives an instance that was started without code its function, once: the files into its folder, the variables into its
 * environment; then it loads as any other. Answers once the files are there: how loading goes, `/_plat/ready` says.
 * @param {import('node:http').IncomingMessage} request
 * @param {import('./instance.cjs').Instance} instance
 * @returns {Promise<{ status: number, body: object }>} Never rejects.
 */
async function specialize(request, instance) {
  const { appDir } = instance.options;
  try {
    // An instance never becomes generic again, so who is refused here is refused for good.
    if (instance.state.status !== 'generic') return alreadySpecialized(request);
    const { files, env } = parseBody(await readBody(request, LIMIT_BYTES));
    const options = readOptions(env, appDir);
    if (instance.state.status !== 'generic') return alreadySpecialized(request);
    instance.beginLoading(options);
    try {
      for (const file of files) writeFile(appDir, file);
    } catch (error) {
      instance.failLoading(`Its code could not be written: ${/** @type {Error} */ (error).message}`);
      return { status: 202, body: { status: 'failed' } };
    }
    delete process.env.PLAT_GENERIC;
    Object.assign(process.env, env);
    // Not before the answer is on its way: loading may keep the event loop for long.
    setImmediate(() => void instance.load());
    return { status: 202, body: { status: 'loading' } };
  } catch (error) {
    const { name, message } = /** @type {Error} */ (error);
    // Who still sends would not see the answer.
    if (error instanceof BodyTooLarge && !request.complete)
      await new Promise((resolve) => request.on('close', resolve));
    const status = error instanceof BodyTooLarge ? 413 : error instanceof CallerLeft ? 499 : 400;
    return { status, body: { errorType: name, errorMessage: message } };
  }
}

/** @param {import('node:http').IncomingMessage} request */
function alreadySpecialized(request) {
  request.resume();
  const errorMessage = 'This instance has its function already; it never takes a second one.';
  return { status: 409, body: { errorType: 'AlreadySpecialized', errorMessage } };
}

/**
 * @param {Buffer} body
 * @returns {{ files: { path: string, data: string, executable?: boolean }[], env: Record<string, string> }}
 */
function parseBody(body) {
  /** @type {any} */
  let parsed;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    throw new InvalidSpecialize('The body is not JSON.');
  }
  const { files, env } = parsed ?? {};
  if (!Array.isArray(files)) throw new InvalidSpecialize('"files" must be a list.');
  for (const file of files) {
    if (typeof file?.path !== 'string' || typeof file.data !== 'string')
      throw new InvalidSpecialize('Each of "files" must have a "path" and, in base64, its "data".');
    if (!isInside(file.path))
      throw new InvalidSpecialize(`The path ${JSON.stringify(file.path)} is not one within the source.`);
  }
  if (
    typeof env !== 'object' ||
    env === null ||
    Object.values(env).some((value) => typeof value !== 'string')
  )
    throw new InvalidSpecialize('"env" must be an object of strings.');
  return parsed;
}

/** @param {Record<string, string>} env @param {string} appDir */
function readOptions(env, appDir) {
  try {
    return parseOptions(env, appDir);
  } catch (error) {
    throw new InvalidSpecialize(/** @type {Error} */ (error).message);
  }
}

/** @param {string} path */
function isInside(path) {
  return (
    path !== '' && !path.includes('\0') && !path.startsWith('/') && posix.normalize(path) === path &&
    path !== '.' && path !== '..' && !path.startsWith('../') && !path.endsWith('/')
  );
} // prettier-ignore

/** @param {string} appDir @param {{ path: string, data: string, executable?: boolean }} file */
function writeFile(appDir, { path, data, executable }) {
  const at = join(appDir, path);
  mkdirSync(dirname(at), { recursive: true, mode: 0o755 });
  writeFileSync(at, Buffer.from(data, 'base64'), { flag: 'wx' });
  chmodSync(at, executable === true ? 0o555 : 0o444);
}

module.exports = { specialize };
