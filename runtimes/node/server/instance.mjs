import { processMeter } from './call.mjs';
import { CallSlots } from './call-slots.mjs';
import { describeForLog } from './invoke-handler.mjs';

/**
 * `generic`: it was started without code and waits for its function.
 * @typedef {{ status: 'generic' } | { status: 'loading' } | { status: 'ready', handler: Function } | { status: 'failed', reason: string }} LoadState
 */

/** The one function that this process serves. */
export class Instance {
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
   * @param {import('./options.mjs').RuntimeOptions} options
   * @param {object} deps
   * @param {(options: import('./options.mjs').RuntimeOptions) => Promise<Function>} deps.load
   * @param {import('./call.mjs').Meter} [deps.meter]
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

  /** From generic on to its function, before anything of it is there. @param {import('./options.mjs').RuntimeOptions} options */
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
