'use strict';

const { isBytes, toBuffer } = require('./result.cjs');

/** The body's stream failed after its head was sent; the connection has been cut so that the caller notices. */
class StreamFailed extends Error {
  name = 'StreamFailed';
}

/**
 * Writes an answer, a stream chunk by chunk. A stream that fails before its first chunk throws what it failed with, and
 * nothing has been sent by then.
 * @param {object} exchange
 * @param {import('node:http').ServerResponse} exchange.response
 * @param {import('./result.cjs').Answer} exchange.answer
 * @param {import('./call.cjs').Call} exchange.call
 * @throws {StreamFailed}
 */
async function sendAnswer({ response, answer, call }) {
  const hasBody = response.req.method !== 'HEAD' && answer.status !== 204 && answer.status !== 304;
  if (answer.stream === null) return sendWhole({ response, answer, call, hasBody });
  const iterator = answer.stream[Symbol.asyncIterator]?.() ?? answer.stream[Symbol.iterator]();
  if (!hasBody) {
    close(iterator);
    return sendWhole({ response, answer, call, hasBody });
  }
  const left = new Promise((resolve) => call.onLeave(() => resolve({ done: true, value: undefined })));
  let isHeadSent = false;
  try {
    while (true) {
      const { done, value } = await Promise.race([iterator.next(), left]);
      if (call.hasLeft) return close(iterator);
      const chunk = done ? undefined : toChunk(value);
      if (!isHeadSent) {
        const headers = answer.headers.filter(([name]) => name !== 'content-length');
        response.writeHead(answer.status, [...headers, ...controlHeaders('ok', call)].flat());
        response.flushHeaders();
        isHeadSent = true;
      }
      if (chunk === undefined) break;
      if (chunk.length > 0 && !response.write(chunk))
        await Promise.race([new Promise((resolve) => response.once('drain', resolve)), left]);
    }
  } catch (error) {
    close(iterator);
    if (!isHeadSent) throw error;
    await cut(response);
    throw new StreamFailed('The body was cut off: its stream failed.', { cause: error });
  }
  const { cpuUs, memoryBytes } = call.usage();
  response.addTrailers({ 'x-plat-cpu-us': String(cpuUs), 'x-plat-memory-bytes': String(memoryBytes) });
  response.end();
}

/** @param {Parameters<typeof sendAnswer>[0] & { hasBody: boolean }} exchange */
function sendWhole({ response, answer, call, hasBody }) {
  const length = answer.body?.length ?? 0;
  const kept = answer.headers.filter(([name]) => name !== 'content-length');
  const own = answer.headers.find(([name, value]) => name === 'content-length' && /^\d+$/.test(value));
  /** @type {[string, string][]} */
  const framing = [];
  if (hasBody || (length > 0 && answer.status !== 204)) framing.push(['content-length', String(length)]);
  // An answer to HEAD, or a 304, may tell the length of a body that it does not carry.
  else if (own !== undefined && answer.status !== 204) framing.push(own);
  response.writeHead(answer.status, [...kept, ...framing, ...controlHeaders('ok', call)].flat());
  response.end(hasBody ? answer.body : undefined);
}

/**
 * @param {'ok' | 'error' | 'invalid'} outcome
 * @param {import('./call.cjs').Call} call
 * @returns {[string, string][]}
 */
function controlHeaders(outcome, call) {
  const { cpuUs, memoryBytes } = call.usage();
  return [
    ['x-plat-outcome', outcome],
    ['x-plat-cpu-us', String(cpuUs)],
    ['x-plat-memory-bytes', String(memoryBytes)],
  ];
}

/**
 * Answers a call that the function failed (500), or that never reached it.
 * @param {object} failure
 * @param {import('node:http').ServerResponse} failure.response
 * @param {import('./call.cjs').Call} failure.call
 * @param {'error' | 'invalid'} failure.outcome
 * @param {number} [failure.status]
 * @param {{ errorType: string, errorMessage: string }} failure.error
 */
function sendFailure({ response, call, outcome, status = 500, error }) {
  if (response.headersSent || response.destroyed) return void response.destroy();
  const body = Buffer.from(JSON.stringify(error));
  const headers = [
    ['content-type', 'application/json'],
    ['content-length', String(body.length)],
    ...controlHeaders(outcome, call),
  ];
  response.writeHead(status, headers.flat());
  response.end(body);
}

/** @param {unknown} value */
function toChunk(value) {
  if (typeof value === 'string') return Buffer.from(value);
  if (isBytes(value)) return toBuffer(value);
  throw new TypeError(
    `A chunk of a streamed body must be a string or bytes, got ${value === null ? 'null' : typeof value}.`,
  );
}

/**
 * Ends a streamed answer so that the caller sees that it is not whole: what was written goes out, the last chunk never
 * comes. HTTP/1.0 has no last chunk; there the connection is reset.
 * @param {import('node:http').ServerResponse} response
 */
async function cut(response) {
  await new Promise((resolve) => setImmediate(resolve));
  const socket = /** @type {import('node:net').Socket | null} */ (response.socket);
  if (response.req.httpVersion === '1.0') socket?.resetAndDestroy();
  else socket?.destroySoon();
}

/** Lets a stream go without waiting for it. @param {any} iterator */
function close(iterator) {
  Promise.resolve(iterator.return?.()).catch(() => {});
}

module.exports = { StreamFailed, sendAnswer, sendFailure };
