/** An answer that is not valid HTTP, or more than is taken; the message says what was wrong, without the instance's bytes. */
export class BadAnswer extends Error {
  readonly code = 'bad_answer';

  constructor(what: string) {
    super(`The answer has ${what}.`);
  }
}

/** A request that cannot be written: its path or a header has characters that HTTP does not have there. */
export class BadRequest extends Error {
  readonly code = 'bad_request';
}

/** The pool was closed before a connection took the request: nothing was sent. */
export class PoolClosed extends Error {
  readonly code = 'pool_closed';

  constructor() {
    super('The pool of connections is closed.');
  }
}

/** A connection ended or broke under a request. */
export class ConnectionBroken extends Error {
  readonly code = 'connection_broken';
  /** It had carried an answer before, so perhaps it was only closed for being idle. */
  readonly wasKept: boolean;

  constructor(options: { wasKept: boolean; cause?: unknown }) {
    super('The connection broke before the answer was complete.', { cause: options.cause });
    this.wasKept = options.wasKept;
  }
}
