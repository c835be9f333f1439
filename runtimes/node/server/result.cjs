'use strict';

/** The function answered with something that cannot become an HTTP response. Its message names what was wrong. */
class InvalidResult extends Error {
  name = 'InvalidResult';
}

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {[string, string][]} headers Lower-case names; never `x-plat-*` nor a header that frames the message.
 * @property {Buffer | null} body `null` when the body is empty or a stream.
 * @property {any} stream An (async) iterable of strings and bytes, or `null`.
 */

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the characters a header value may not have
const BAD_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
/** What the server itself says about the message and the connection. */
const FRAMING_HEADERS = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Turns what a handler returned into a response.
 * @param {any} result
 * @returns {Answer}
 * @throws {InvalidResult}
 */
function toAnswer(result) {
  if (result === undefined || result === null) return { status: 204, headers: [], body: null, stream: null };
  if (isWebResponse(result)) return fromWebResponse(result);
  if (isStream(result))
    return {
      status: 200,
      headers: [['content-type', 'application/octet-stream']],
      body: null,
      stream: result,
    };
  if (isBytes(result))
    return {
      status: 200,
      headers: [['content-type', 'application/octet-stream']],
      body: toBuffer(result),
      stream: null,
    };
  if (typeof result === 'object' && !Array.isArray(result) && (result.statusCode ?? null) !== null)
    return fromResponseObject(result);
  return {
    status: 200,
    headers: [['content-type', 'application/json']],
    body: toJson(result, 'The result'),
    stream: null,
  };
}

/** @param {any} value */
function isStream(value) {
  if (typeof value !== 'object' || value === null) return false;
  if (typeof value[Symbol.asyncIterator] === 'function') return true;
  if (
    Array.isArray(value) ||
    isBytes(value) ||
    value instanceof Map ||
    value instanceof Set ||
    value instanceof String
  )
    return false;
  return typeof value[Symbol.iterator] === 'function';
}

/** @param {any} value */
function isBytes(value) {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}

/** @param {any} bytes @returns {Buffer} */
function toBuffer(bytes) {
  if (Buffer.isBuffer(bytes)) return bytes;
  return bytes instanceof ArrayBuffer
    ? Buffer.from(bytes)
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

// By shape and not by `instanceof`: naming the global would load fetch, which costs a cold start several milliseconds.
/** @param {any} value */
function isWebResponse(value) {
  return (
    typeof value === 'object' &&
    typeof value.status === 'number' &&
    typeof value.arrayBuffer === 'function' &&
    typeof value.headers?.forEach === 'function'
  );
}

/** @param {any} response @returns {Answer} */
function fromWebResponse(response) {
  const status = checkStatus(response.status);
  if (response.bodyUsed) throw new InvalidResult('The body of the returned Response has already been read.');
  /** @type {[string, string][]} */
  const headers = [];
  response.headers.forEach((/** @type {string} */ value, /** @type {string} */ name) => {
    if (name !== 'set-cookie') addHeader(headers, name, value);
  });
  for (const cookie of response.headers.getSetCookie?.() ?? []) addHeader(headers, 'set-cookie', cookie);
  return { status, headers, body: null, stream: response.body ?? null };
}

/** @param {any} result @returns {Answer} */
function fromResponseObject(result) {
  const status = checkStatus(result.statusCode);
  const headers = collectHeaders(result);
  const { body, stream, contentType } = readBody(result);
  const hasType = headers.some(([name]) => name === 'content-type');
  if (contentType !== null && !hasType) headers.push(['content-type', contentType]);
  return { status, headers, body, stream };
}

/** @param {unknown} status @returns {number} */
function checkStatus(status) {
  if (typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599) return status;
  throw new InvalidResult(`statusCode must be a whole number from 200 to 599, got ${show(status)}.`);
}

/** @param {any} result */
function collectHeaders(result) {
  /** @type {[string, string][]} */
  const headers = [];
  const many = entriesOf(result.multiValueHeaders, 'multiValueHeaders');
  const overridden = new Set(many.map(([name]) => name.toLowerCase()));
  for (const [name, value] of entriesOf(result.headers, 'headers')) {
    if (!overridden.has(name.toLowerCase())) addHeader(headers, name, value);
  }
  for (const [name, value] of many) addHeader(headers, name, value);
  const cookies = result.cookies ?? [];
  if (!Array.isArray(cookies))
    throw new InvalidResult(`cookies must be an array of strings, got ${show(cookies)}.`);
  for (const cookie of cookies) addHeader(headers, 'set-cookie', cookie);
  return headers;
}

/** @param {any} value @param {string} field @returns {[string, any][]} */
function entriesOf(value, field) {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object' || Array.isArray(value))
    throw new InvalidResult(`${field} must be an object, got ${show(value)}.`);
  return typeof value.entries === 'function' ? [...value.entries()] : Object.entries(value);
}

/** @param {[string, string][]} headers @param {string} name @param {any} value */
function addHeader(headers, name, value) {
  if (!TOKEN.test(name)) throw new InvalidResult(`${JSON.stringify(name)} is not a valid header name.`);
  const lower = name.toLowerCase();
  if (lower.startsWith('x-plat-') || FRAMING_HEADERS.has(lower) || value === undefined || value === null)
    return;
  for (const one of Array.isArray(value) ? value : [value]) {
    if (!['string', 'number', 'boolean'].includes(typeof one)) {
      throw new InvalidResult(
        `The value of the header "${lower}" must be a string or an array of strings, got ${show(one)}.`,
      );
    }
    const text = String(one).trim();
    if (BAD_VALUE.test(text))
      throw new InvalidResult(`The value of the header "${lower}" has a character that HTTP does not allow.`);
    headers.push([lower, text]);
  }
}

/** @param {any} result @returns {{ body: Buffer | null, stream: any, contentType: string | null }} */
function readBody({ body, isBase64Encoded }) {
  if (body === undefined || body === null) return { body: null, stream: null, contentType: null };
  if (isStream(body)) return { body: null, stream: body, contentType: 'application/octet-stream' };
  if (isBytes(body)) return { body: toBuffer(body), stream: null, contentType: 'application/octet-stream' };
  if (typeof body !== 'string')
    return { body: toJson(body, 'The body'), stream: null, contentType: 'application/json' };
  if (!isBase64Encoded)
    return { body: Buffer.from(body), stream: null, contentType: 'text/plain; charset=utf-8' };
  if (!/^[A-Za-z0-9+/_\-\s]*={0,2}\s*$/.test(body))
    throw new InvalidResult('isBase64Encoded is true, but the body is not base64.');
  return { body: Buffer.from(body, 'base64'), stream: null, contentType: 'application/octet-stream' };
}

/** @param {any} value @param {string} what */
function toJson(value, what) {
  /** @type {string | undefined} */
  let text;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new InvalidResult(`${what} cannot be written as JSON: ${reason}`);
  }
  if (text === undefined)
    throw new InvalidResult(`${what} cannot be written as JSON: it is a ${typeof value}.`);
  return Buffer.from(text);
}

/** @param {unknown} value */
function show(value) {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 100));
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return String(value);
}

module.exports = { InvalidResult, toAnswer, isStream, isBytes, toBuffer };
