'use strict';

const { inspect } = require('node:util');

/**
 * Calls the handler and settles with its first answer: what it returns, what its promise resolves to, or what it hands to
 * the callback. A later answer is ignored with a warning.
 * @param {object} invocation
 * @param {Function} invocation.handler
 * @param {unknown} invocation.event
 * @param {object} invocation.context
 * @param {import('./call.cjs').Call} invocation.call
 * @returns {Promise<unknown>}
 */
function invokeHandler({ handler, event, context, call }) {
  return new Promise((resolve, reject) => {
    let isAnswered = false;
    call.fail = (error) => {
      if (isAnswered) return false;
      isAnswered = true;
      reject(error);
      return true;
    };

    /** @param {unknown} error @param {unknown} [result] */
    const callback = (error, result) => {
      if (isAnswered)
        return warn('The handler answered a second time through its callback; that answer was ignored.');
      isAnswered = true;
      if (error !== undefined && error !== null) reject(error);
      else resolve(result);
    };
    /** @param {unknown} result */
    const returned = (result) => {
      if (!isAnswered) {
        isAnswered = true;
        resolve(result);
      } else if (result !== undefined)
        warn('The handler answered a second time with its return value; that answer was ignored.');
    };
    /** @param {unknown} error */
    const threw = (error) => {
      if (!isAnswered) {
        isAnswered = true;
        reject(error);
      } else warn(`The handler failed after it had answered: ${describeForLog(error)}`);
    };

    try {
      const result = handler(event, context, callback);
      if (typeof result?.then === 'function') result.then(returned, threw);
      else if (result !== undefined || handler.length < 3) returned(result);
    } catch (error) {
      threw(error);
    }
  });
}

/** The body of an answer with outcome `error` or `invalid`. @param {unknown} error */
function describeError(error) {
  try {
    if (error instanceof Error)
      return { errorType: String(error.name || 'Error'), errorMessage: cut(String(error.message)) };
    if (typeof error === 'object' && error !== null) {
      const { name, message } = /** @type {any} */ (error);
      // An error of another realm (node:vm) is not an instance of this one's Error.
      if (typeof name === 'string' && typeof message === 'string')
        return { errorType: name, errorMessage: cut(message) };
      return { errorType: 'object', errorMessage: cut(inspect(error)) };
    }
    return { errorType: error === null ? 'null' : typeof error, errorMessage: cut(String(error)) };
  } catch {
    return { errorType: 'Error', errorMessage: 'The function failed with a value that cannot be shown.' };
  }
}

/** @param {unknown} error */
function describeForLog(error) {
  try {
    return error instanceof Error ? inspect(error) : `Thrown: ${inspect(error)}`;
  } catch {
    return 'The function failed with a value that cannot be shown.';
  }
}

/** @param {string} text */
function cut(text) {
  return text.length > 8_192 ? `${text.slice(0, 8_192)}…` : text;
}

/** @param {string} message */
function warn(message) {
  process.stderr.write(`Warning: ${message}\n`);
}

module.exports = { invokeHandler, describeError, describeForLog };
