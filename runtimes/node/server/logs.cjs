'use strict';

// INVARIANTS
// - Only whole lines of a call are written, each with its call's prefix, so lines of two calls never mix.
// - A line holds at most LINE_LIMIT_BYTES; a longer one goes out in pieces, each a line of its own.
// - What a call left without a newline goes out when the call ends, or PARTIAL_FLUSH_MS after it was printed.

const LINE_LIMIT_BYTES = 64 * 1024;
const PARTIAL_FLUSH_MS = 2_000;
const NEWLINE = 10;

/**
 * Frames the lines that a call prints: `\x1e` + request id + `\x1f` + line. What is printed outside of a call passes as it is.
 * @param {object} deps
 * @param {(chunk: Uint8Array) => void} deps.write Writes bytes to the real stream.
 * @param {() => { requestId: string } | undefined} deps.currentCall
 */
function createLineFramer({ write, currentCall }) {
  /** @type {Map<string, Buffer[]>} */
  const partials = new Map();
  let isOutsideLineOpen = false;
  /** @type {NodeJS.Timeout | undefined} */
  let timer;

  return { print, flush, flushAll };

  /** @param {Buffer} chunk */
  function print(chunk) {
    if (chunk.length === 0) return;
    const call = currentCall();
    if (call === undefined) {
      isOutsideLineOpen = chunk[chunk.length - 1] !== NEWLINE;
      return write(chunk);
    }
    const lastNewline = chunk.lastIndexOf(NEWLINE);
    const rest = chunk.subarray(lastNewline + 1);
    if (lastNewline >= 0) {
      const lines = takePartial(call.requestId, chunk.subarray(0, lastNewline + 1));
      writeLines(call.requestId, lines);
    }
    if (rest.length > 0) keepPartial(call.requestId, rest);
  }

  /** @param {string} requestId */
  function flush(requestId) {
    const text = takePartial(requestId, Buffer.alloc(0));
    if (text.length > 0) writeLines(requestId, text);
  }

  function flushAll() {
    for (const requestId of [...partials.keys()]) flush(requestId);
  }

  /** @param {string} requestId @param {Buffer} tail */
  function takePartial(requestId, tail) {
    const parts = partials.get(requestId);
    if (parts === undefined) return tail;
    partials.delete(requestId);
    return Buffer.concat([...parts, tail]);
  }

  /** @param {string} requestId @param {Buffer} rest */
  function keepPartial(requestId, rest) {
    const parts = partials.get(requestId) ?? [];
    // A copy: the caller may reuse its buffer once the write has returned.
    parts.push(Buffer.from(rest));
    partials.set(requestId, parts);
    const heldBytes = parts.reduce((sum, part) => sum + part.length, 0);
    if (heldBytes > LINE_LIMIT_BYTES || parts.length > 64)
      partials.set(requestId, [writeWholePieces(requestId, Buffer.concat(parts))]);
    timer ??= setTimeout(() => {
      timer = undefined;
      flushAll();
    }, PARTIAL_FLUSH_MS).unref();
  }

  /** Writes what exceeds one line's limit; returns the rest. @param {string} requestId @param {Buffer} held */
  function writeWholePieces(requestId, held) {
    let start = 0;
    while (held.length - start > LINE_LIMIT_BYTES) {
      const cut = cutPoint(held, start, held.length);
      writeLines(requestId, held.subarray(start, cut));
      start = cut;
    }
    return held.subarray(start);
  }

  /** @param {string} requestId @param {Buffer} text */
  function writeLines(requestId, text) {
    const prefix = Buffer.from(`\x1e${requestId}\x1f`);
    const newline = Buffer.from('\n');
    /** @type {Uint8Array[]} */
    const pieces = isOutsideLineOpen ? [newline] : [];
    isOutsideLineOpen = false;
    let start = 0;
    while (start < text.length) {
      const found = text.indexOf(NEWLINE, start);
      const lineEnd = found < 0 ? text.length : found;
      const end = Math.min(lineEnd, cutPoint(text, start, lineEnd));
      pieces.push(prefix, text.subarray(start, end), newline);
      start = end === lineEnd ? lineEnd + 1 : end;
    }
    write(Buffer.concat(pieces));
  }
}

/** Where a line has to be cut, never within a UTF-8 character. @param {Buffer} text @param {number} start @param {number} end */
function cutPoint(text, start, end) {
  if (end - start <= LINE_LIMIT_BYTES) return end;
  let cut = start + LINE_LIMIT_BYTES;
  while (cut > start + LINE_LIMIT_BYTES - 4 && (text[cut] & 0xc0) === 0x80) cut -= 1;
  return cut;
}

/**
 * Puts a framer before a stream; the console writes through it too.
 * @param {NodeJS.WriteStream} stream
 * @param {() => { requestId: string } | undefined} currentCall
 */
function frameStream(stream, currentCall) {
  const writeReal = stream.write.bind(stream);
  const framer = createLineFramer({ write: (chunk) => void writeReal(chunk), currentCall });
  // A reader that went away must not end the process.
  stream.on('error', () => {});
  /** @type {any} */
  const write = (/** @type {any} */ chunk, /** @type {any} */ encoding, /** @type {any} */ callback) => {
    if (typeof chunk !== 'string' && !ArrayBuffer.isView(chunk)) return writeReal(chunk, encoding, callback);
    const done = typeof encoding === 'function' ? encoding : callback;
    const charset = typeof encoding === 'string' ? /** @type {BufferEncoding} */ (encoding) : 'utf8';
    framer.print(
      typeof chunk === 'string'
        ? Buffer.from(chunk, charset)
        : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength),
    );
    if (done) process.nextTick(done);
    return true;
  };
  stream.write = write;
  return framer;
}

module.exports = { createLineFramer, frameStream };
