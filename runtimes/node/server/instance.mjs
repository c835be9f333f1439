import { CallSlots } from './call-slots.mjs';
import { describeForLog } from './invoke-handler.mjs';
import { loadHandler } from './load-handler.mjs';

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
  #settle = () => {};

  /** @param {import('./options.mjs').RuntimeOptions} options */
  constructor(options) {
    this.options = options;
    this.slots = new CallSlots(options.concurrency);
    this.loaded = new Promise((resolve) => {
      this.#settle = () => resolve();
    });
  }

  async load() {
    try {
      const handler = await loadHandler(this.options);
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
