'use strict';

// INVARIANTS
// - Never more than `limit` calls hold a slot.
// - A slot is held until its handler has really ended, also when the caller left long ago.

/** After this long past its deadline a call is taken for stuck. */
const STUCK_AFTER_MS = 1_000;

/** Lets at most `limit` calls run at once; more wait in the order they came. */
class CallSlots {
  /** @type {Set<import('./call.cjs').Call>} */
  running = new Set();
  /** @type {{ call: import('./call.cjs').Call, start: (entered: boolean) => void }[]} */
  #waiting = [];
  #limit;

  /** @param {number} limit */
  constructor(limit) {
    this.#limit = limit;
  }

  /** @param {import('./call.cjs').Call} call @returns {boolean | Promise<boolean>} false: the caller left while it waited. */
  enter(call) {
    if (this.running.size < this.#limit) {
      this.running.add(call);
      return true;
    }
    return new Promise((resolve) => {
      const entry = { call, start: resolve };
      this.#waiting.push(entry);
      call.onLeave(() => {
        const index = this.#waiting.indexOf(entry);
        if (index < 0) return;
        this.#waiting.splice(index, 1);
        resolve(false);
      });
    });
  }

  /** @param {import('./call.cjs').Call} call */
  leave(call) {
    if (!this.running.delete(call)) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.running.add(next.call);
    next.start(true);
  }

  /** Whether every slot is held by a call that should have ended. @param {number} nowMs */
  isStuck(nowMs) {
    if (this.running.size < this.#limit) return false;
    for (const call of this.running) if (nowMs <= call.deadlineMs + STUCK_AFTER_MS) return false;
    return true;
  }
}

module.exports = { CallSlots };
