'use strict';

const { Agent, request } = require('node:http');
const { dirname } = require('node:path');
const { Instance } = require('./instance.cjs');
const { createRuntimeServer } = require('./server.cjs');

/** Enough for most of what every call goes through: more took as long again and gained little. */
const CALLS = 40;
const AT_ONCE = 4;
/** A slow host has its containers warm a little later, not much. */
const LIMIT_MS = 150;

/**
 * Serves made-up calls with a function of its own, over a server and an instance that are thrown away, so that the first
 * real calls find compiled code and loaded modules. For containers that wait without a function: it takes CPU time
 * while nobody waits. Nothing of it is left that a function could see. Never rejects.
 * @param {import('./options.cjs').RuntimeOptions} options
 * @param {{ load: (options: import('./options.cjs').RuntimeOptions) => Promise<Function> }} deps
 */
async function rehearse(options, { load }) {
  const own = {
    ...options,
    isGeneric: false,
    appDir: dirname(require.resolve('./rehearsal/index.mjs')),
    handler: 'index.handler',
  };
  // A function that cannot be loaded is written to the log: not this one.
  const instance = new Instance(own, { load: () => load(own).catch(() => () => 'ok') });
  const server = createRuntimeServer(instance, { endOfCall: () => {} });
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const endMs = performance.now() + LIMIT_MS;
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  try {
    await new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => resolve(undefined));
    });
    await instance.load();
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    let left = CALLS;
    const caller = async () => {
      while (left-- > 0 && performance.now() < endMs) await call({ agent, port, withBody: left % 4 === 0 });
    };
    const late = new Promise((resolve) => (timer = setTimeout(resolve, 4 * LIMIT_MS)));
    await Promise.race([Promise.all(Array.from({ length: AT_ONCE }, caller)), late]);
  } catch {
    // Practice only: the first calls are a little slower.
  } finally {
    clearTimeout(timer);
    agent.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/**
 * One call as the function-proxy sends it.
 * @param {{ agent: Agent, port: number, withBody: boolean }} to
 * @returns {Promise<void>}
 */
function call({ agent, port, withBody }) {
  const body = withBody ? '{"practice":true}' : undefined;
  const headers = {
    accept: '*/*',
    'x-plat-request-id': 'practice',
    'x-plat-timeout-ms': '1000',
    ...(body && { 'content-type': 'application/json', 'content-length': String(body.length) }),
  };
  return new Promise((resolve, reject) => {
    const asked = request({ agent, port, host: '127.0.0.1', method: body ? 'POST' : 'GET', path: '/practice?a=1', headers });
    asked.on('error', reject);
    asked.on('response', (response) => {
      response.on('error', reject);
      response.on('end', resolve);
      response.resume();
    });
    asked.end(body);
  });
} // prettier-ignore

module.exports = { rehearse };
