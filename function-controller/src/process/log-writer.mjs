// The log of one instance: one JSON line a line, as Docker's json-file driver writes them, in files that are rotated.
import { closeSync, openSync, fstatSync, renameSync, writeSync } from 'node:fs';

const FILE_LIMIT_BYTES = 10 * 1024 * 1024;
const OLD_FILES = 2;
/** A line longer than this many bytes is cut and says so. */
const LINE_LIMIT_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/** @param {string} file */
export function createLogWriter(file) {
  let handle = openSync(file, 'a', 0o600);
  let size = fstatSync(handle).size;

  /** @param {string} stream @param {string} text */
  function write(stream, text) {
    const line = Buffer.from(
      `${JSON.stringify({ log: `${text}\n`, stream, time: new Date().toISOString() })}\n`,
    );
    try {
      if (size + line.length > FILE_LIMIT_BYTES) rotate();
      writeSync(handle, line);
      size += line.length;
    } catch {
      // A full disk must not end the instance.
    }
  }

  function rotate() {
    closeSync(handle);
    for (let n = OLD_FILES - 1; n >= 0; n--) {
      try {
        renameSync(n === 0 ? file : `${file}.${n}`, `${file}.${n + 1}`);
      } catch {
        continue;
      }
    }
    handle = openSync(file, 'a', 0o600);
    size = 0;
  }

  /** Writes what a stream brings, line by line; resolves at its end. @param {import('node:stream').Readable} input @param {string} stream @returns {Promise<void>} */
  function follow(input, stream) {
    /** @type {Buffer[]} */
    let parts = [];
    let bytes = 0;
    /** @param {Buffer} part */
    const keep = (part) => {
      if (bytes <= LINE_LIMIT_BYTES) parts.push(part.subarray(0, LINE_LIMIT_BYTES + 1 - bytes));
      bytes += part.length;
    };
    const flush = () => {
      const all = Buffer.concat(parts);
      const isCut = bytes > LINE_LIMIT_BYTES;
      write(
        stream,
        isCut
          ? `${all.toString('utf8', 0, LINE_LIMIT_BYTES)} … [cut]`
          : all.toString('utf8').replace(/\r$/, ''),
      );
      parts = [];
      bytes = 0;
    };
    input.on('data', (/** @type {Buffer} */ chunk) => {
      let from = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
        keep(chunk.subarray(from, end));
        flush();
        from = end + 1;
      }
      if (from < chunk.length) keep(chunk.subarray(from));
    });
    return new Promise((resolve) => {
      input.once('error', () => resolve());
      input.once('close', () => {
        if (bytes > 0) flush();
        resolve();
      });
    });
  }

  return { write, follow };
}
