import { processMeter } from './call.mjs';
import { CallSlots } from './call-slots.mjs';
import { describeForLog } from './invoke-handler.mjs';

/**
 * @typedef {{ status: 'loading' } | { status: 'ready', handler: Function } | { status: 'failed', reason: string }} LoadState
 */

/** The one function that this process serves. */
export class Instance {
  /** @type {LoadState} */
  state = { status: 'loading' };
  /** Settles once the state is no longer `loading`. @type {Promise<void>} */
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
    this.meter = meter;
    this.#load = load;
    this.slots = new CallSlots(options.concurrency);
    this.loaded = new Promise((resolve) => {
      this.#settle = () => resolve();
    });
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
