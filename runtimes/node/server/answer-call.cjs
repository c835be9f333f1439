'use strict';

const { Call, callStorage, createContext } = require('./call.cjs');
const { buildHttpEvent } = require('./event.cjs');
const { describeError, describeForLog, invokeHandler } = require('./invoke-handler.cjs');
const { BodyTooLarge, CallerLeft, readBody } = require('./read-body.cjs');
const { InvalidResult, toAnswer } = require('./result.cjs');
const { sendAnswer, sendFailure, StreamFailed } = require('./send-answer.cjs');

const NOT_YET = { generic: 'it has no code yet', loading: 'it is still loading' };

/** The call was refused before the function saw it. */
class Refusal extends Error {
  /** @param {number} status @param {string} errorType @param {string} message */
  constructor(status, errorType, message) {
    super(message);
    this.status = status;
    this.name = errorType;
  }
}

/**
 * @typedef {object} Exchange
 * @property {import('node:http').IncomingMessage} request
 * @property {import('node:http').ServerResponse} response
 * @property {import('./instance.cjs').Instance} instance
 * @property {(requestId: string) => void} endOfCall
 */

/** Carries one call from request to response. Never rejects. @param {Exchange} exchange */
async function answerCall({ request, response, instance, endOfCall }) {
  const { headers } = request;
  const call = new Call({
    requestId: single(headers['x-plat-request-id']),
    timeoutMs: Number(single(headers['x-plat-timeout-ms'])) || instance.options.timeoutMs,
    nowMs: Date.now(),
    meter: instance.meter,
  });
  response.on('error', () => {});
  response.on('close', () => {
    if (!response.writableFinished) call.leave();
  });
  await callStorage.run(call, async () => {
    try {
      await carry({ request, response, instance, call });
    } catch (error) {
      fail({ response, call, error });
    } finally {
      call.end();
      instance.slots.leave(call);
      endOfCall(call.requestId);
    }
  });
}

/** @param {{ request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse, instance: import('./instance.cjs').Instance, call: Call }} exchange */
async function carry({ request, response, instance, call }) {
  const { options, slots } = instance;
  refuseUpgrade(request);
  const body = await readBody(request, options.bodyLimitBytes);
  if (!(await slots.enter(call))) throw new CallerLeft('The caller left while its call waited.');
  if (instance.state.status === 'loading') await instance.loaded;
  if (instance.state.status !== 'ready') {
    const reason =
      instance.state.status === 'failed' ? instance.state.reason : NOT_YET[instance.state.status];
    throw Object.assign(new Error(reason), {
      name: 'LoadError',
      stack: `The function could not be loaded: ${reason}`,
    });
  }
  call.startClock();
  const event =
    request.headers['x-plat-event'] === 'direct'
      ? parseDirectEvent(body)
      : buildHttpEvent({
          method: request.method ?? 'GET',
          url: request.url ?? '/',
          httpVersion: request.httpVersion,
          rawHeaders: request.rawHeaders,
          remoteAddress: request.socket.remoteAddress ?? '',
          body,
          requestId: call.requestId,
          functionName: options.functionName,
          nowMs: Date.now(),
        });
  const result = await invokeHandler({
    handler: instance.state.handler,
    event,
    context: createContext(call, options),
    call,
  });
  await sendAnswer({ response, answer: answerOf(result), call });
}

/** @param {unknown} result */
function answerOf(result) {
  try {
    return toAnswer(result);
  } catch (error) {
    if (error instanceof InvalidResult) throw error;
    throw new InvalidResult(`The result could not be read: ${describeError(error).errorMessage}`);
  }
}

/** @param {{ response: import('node:http').ServerResponse, call: Call, error: unknown }} failure */
function fail({ response, call, error }) {
  if (error instanceof CallerLeft) return void response.destroy();
  if (error instanceof Refusal || error instanceof BodyTooLarge) {
    const status = error instanceof Refusal ? error.status : 413;
    return sendFailure({ response, call, outcome: 'invalid', status, error: describeError(error) });
  }
  process.stderr.write(`${describeForLog(error)}\n`);
  if (error instanceof StreamFailed) return;
  sendFailure({
    response,
    call,
    outcome: error instanceof InvalidResult ? 'invalid' : 'error',
    error: describeError(error),
  });
}

/** @param {import('node:http').IncomingMessage} request */
function refuseUpgrade({ headers }) {
  // A server may ignore an offer of HTTP/2, which some clients send with every first request.
  if (headers.upgrade === undefined || headers.upgrade === 'h2c') return;
  throw new Refusal(
    501,
    'UpgradeRefused',
    `A handler function cannot switch protocols to "${headers.upgrade}".`,
  );
}

/** @param {Buffer} body */
function parseDirectEvent(body) {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new Refusal(400, 'InvalidEvent', `The event is not JSON: ${/** @type {Error} */ (error).message}`);
  }
}

/** @param {string | string[] | undefined} value */
function single(value) {
  return Array.isArray(value) ? value[0] : value;
}

module.exports = { answerCall };
