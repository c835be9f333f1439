'use strict';

/**
 * @typedef {object} RuntimeOptions
 * @property {number} port
 * @property {string} host Address to listen on.
 * @property {string} appDir Folder that holds the user's source.
 * @property {string} handler `path/to/module.export`
 * @property {string} project
 * @property {string} functionName
 * @property {string} functionVersion
 * @property {number} timeoutMs Used when a call does not bring its own timeout.
 * @property {number} memoryMb
 * @property {number} concurrency Calls that may run at once.
 * @property {number} bodyLimitBytes
 * @property {boolean} isGeneric Started without code: the platform gives it its function later.
 */

/**
 * @param {Record<string, string | undefined>} env
 * @param {string} appDir
 * @returns {RuntimeOptions}
 */
function parseOptions(env, appDir) {
  return {
    port: positiveInteger(env, 'PORT', 8080),
    host: env.PLAT_LISTEN_HOST || '0.0.0.0',
    appDir,
    handler: env.PLAT_HANDLER || 'index.handler',
    project: env.PLAT_PROJECT ?? '',
    functionName: env.PLAT_FUNCTION ?? '',
    functionVersion: env.PLAT_VERSION ?? '',
    timeoutMs: positiveInteger(env, 'PLAT_TIMEOUT_MS', 30_000),
    memoryMb: positiveInteger(env, 'PLAT_MEMORY_MB', 128),
    concurrency: positiveInteger(env, 'PLAT_CONCURRENCY', 100),
    bodyLimitBytes: positiveInteger(env, 'PLAT_BODY_LIMIT_BYTES', 10 * 1024 * 1024),
    isGeneric: env.PLAT_GENERIC === '1',
  };
}

/**
 * @param {Record<string, string | undefined>} env
 * @param {string} name
 * @param {number} fallback
 */
function positiveInteger(env, name, fallback) {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new Error(`${name} must be a positive integer, got ${JSON.stringify(text)}.`);
  return Number(text);
}

module.exports = { parseOptions };
