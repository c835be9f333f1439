'use strict';

/** The request body is larger than the function takes. */
class BodyTooLarge extends Error {
  name = 'BodyTooLarge';
}

/** The caller went away before the whole body was there. */
class CallerLeft extends Error {
  name = 'CallerLeft';
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {number} limitBytes
 * @returns {Promise<Buffer> | Buffer}
 */
function readBody(request, limitBytes) {
  const declared = request.headers['content-length'];
  if (declared === undefined && request.headers['transfer-encoding'] === undefined) return Buffer.alloc(0);
  if (Number(declared) > limitBytes) {
    request.resume();
    throw tooLarge(limitBytes);
  }
  return new Promise((resolve, reject) => {
    /** @type {Buffer[]} */
    const chunks = [];
    let size = 0;
    request.on('data', (/** @type {Buffer} */ chunk) => {
      size += chunk.length;
      // What is left is read and thrown away, so that the answer reaches a client that is still sending.
      if (size <= limitBytes) chunks.push(chunk);
      else {
        chunks.length = 0;
        reject(tooLarge(limitBytes));
      }
    });
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', () => reject(new CallerLeft('The caller left while it sent the body.')));
    request.on('close', () => reject(new CallerLeft('The caller left while it sent the body.')));
  });
}

/** @param {number} limitBytes */
function tooLarge(limitBytes) {
  return new BodyTooLarge(`The request body is larger than the ${limitBytes} bytes this function takes.`);
}

module.exports = { BodyTooLarge, CallerLeft, readBody };
