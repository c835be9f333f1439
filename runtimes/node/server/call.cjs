'use strict';

const { AsyncLocalStorage } = require('node:async_hooks');
const { randomUUID } = require('node:crypto');

/** The call that the running code belongs to. @type {AsyncLocalStorage<Call>} */
const callStorage = new AsyncLocalStorage();

/**
 * What a call has used: CPU time so far in µs, of which the difference counts, and the largest resident size so far.
 * @typedef {{ cpuUs: () => number, memoryBytes: () => number }} Meter
 */

/** Measures this process. @type {Meter} */
const processMeter = {
  cpuUs: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  memoryBytes: () => process.resourceUsage().maxRSS * 1024,
};

/** One call of the function: what the context says about it, and what may end it from outside. */
class Call {
  requestId;
  deadlineMs;
  isOver = false;
  hasLeft = false;
  /** Set while the handler's answer is awaited: fails the call with an exception nobody caught. @type {((error: unknown) => boolean) | undefined} */
  fail;

  /** @type {AbortController | undefined} */
  #controller;
  /** @type {unknown} */
  #abortReason;
  /** @type {NodeJS.Timeout | undefined} */
  #deadlineTimer;
  /** @type {(() => void)[]} */
  #leaveListeners = [];
  #meter;
  #cpuUsAtStart;

  /** @param {{ requestId: string | undefined, timeoutMs: number, nowMs: number, meter?: Meter }} call */
  constructor({ requestId, timeoutMs, nowMs, meter = processMeter }) {
    this.#meter = meter;
    this.#cpuUsAtStart = meter.cpuUs();
    this.requestId = requestId ?? randomUUID();
    this.deadlineMs = nowMs + timeoutMs;
  }

  remainingMs() {
    return Math.max(0, this.deadlineMs - Date.now());
  }

  /** Aborted when the caller leaves or the deadline passes. Made on first use: most handlers never ask. */
  get signal() {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#abortReason !== undefined) this.#controller.abort(this.#abortReason);
      else if (!this.isOver) {
        this.#deadlineTimer = setTimeout(
          () => this.#abort('TimeoutError', 'The deadline of the call has passed.'),
          this.remainingMs(),
        );
      }
    }
    return this.#controller.signal;
  }

  /** @param {() => void} listener Called at once when the caller has left already. */
  onLeave(listener) {
    if (this.hasLeft) listener();
    else this.#leaveListeners.push(listener);
  }

  leave() {
    if (this.isOver || this.hasLeft) return;
    this.hasLeft = true;
    this.#abort('AbortError', 'The caller has left.');
    for (const listener of this.#leaveListeners.splice(0)) listener();
  }

  startClock() {
    this.#cpuUsAtStart = this.#meter.cpuUs();
  }

  /** What the proxy records of a call. Calls that overlap each see the other's CPU time too. */
  usage() {
    return { cpuUs: this.#meter.cpuUs() - this.#cpuUsAtStart, memoryBytes: this.#meter.memoryBytes() };
  }

  end() {
    this.isOver = true;
    this.fail = undefined;
    clearTimeout(this.#deadlineTimer);
  }

  /** @param {string} name @param {string} message */
  #abort(name, message) {
    this.#abortReason = new globalThis.DOMException(message, name);
    this.#controller?.abort(this.#abortReason);
  }
}

/**
 * The second argument of a handler.
 * @param {Call} call
 * @param {import('./options.cjs').RuntimeOptions} options
 */
function createContext(call, options) {
  return {
    functionName: options.functionName,
    functionVersion: options.functionVersion,
    project: options.project,
    memoryLimitInMB: options.memoryMb,
    requestId: call.requestId,
    awsRequestId: call.requestId,
    deadlineMs: call.deadlineMs,
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => call.remainingMs(),
    get signal() {
      return call.signal;
    },
  };
}

module.exports = { callStorage, processMeter, Call, createContext };
