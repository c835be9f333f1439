'use strict';

const { processMeter } = require('./call.cjs');
const { CallSlots } = require('./call-slots.cjs');
const { describeForLog } = require('./invoke-handler.cjs');

/**
 * `generic`: it was started without code and waits for its function.
 * @typedef {{ status: 'generic' } | { status: 'loading' } | { status: 'ready', handler: Function } | { status: 'failed', reason: string }} LoadState
 */

/** The one function that this process serves. */
class Instance {
  /** @type {LoadState} */
  state;
  /** Whether it was started without code. */
  wasGeneric;
  /** Settles once the handler is there or never will be. @type {Promise<void>} */
  loaded;
  slots;
  options;
  meter;
  #load;
  #settle = () => {};

  /**
   * @param {import('./options.cjs').RuntimeOptions} options
   * @param {object} deps
   * @param {(options: import('./options.cjs').RuntimeOptions) => Promise<Function>} deps.load
   * @param {import('./call.cjs').Meter} [deps.meter]
   */
  constructor(options, { load, meter = processMeter }) {
    this.options = options;
    this.wasGeneric = options.isGeneric;
    this.state = { status: options.isGeneric ? 'generic' : 'loading' };
    this.meter = meter;
    this.#load = load;
    this.slots = new CallSlots(options.concurrency);
    this.loaded = new Promise((resolve) => {
      this.#settle = () => resolve();
    });
  }

  /** From generic on to its function, before anything of it is there. @param {import('./options.cjs').RuntimeOptions} options */
  beginLoading(options) {
    this.options = options;
    this.slots = new CallSlots(options.concurrency);
    this.state = { status: 'loading' };
  }

  async load() {
    try {
      const handler = await this.#load(this.options);
      if (this.state.status === 'loading') this.state = { status: 'ready', handler };
    } catch (error) {
      const { message, cause } = /** @type {Error} */ (error);
      this.failLoading(message, cause);
    }
    this.#settle();
  }

  /** @param {string} reason @param {unknown} [cause] */
  failLoading(reason, cause) {
    this.state = { status: 'failed', reason };
    process.stderr.write(
      `The function could not be loaded. ${reason}\n${cause === undefined ? '' : `${describeForLog(cause)}\n`}`,
    );
    this.#settle();
  }
}

module.exports = { Instance };
