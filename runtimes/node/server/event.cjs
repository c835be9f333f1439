'use strict';

const { isUtf8 } = require('node:buffer');

// Field for field AWS's HTTP API payload format 2.0:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html

/** Headers that belong to one connection, not to the call (RFC 9110, section 7.6.1). */
const CONNECTION_HEADERS = new Set([
  'connection',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const TEXT_TYPE =
  /^(text\/.*|application\/(.*\+)?(json|xml)|application\/(javascript|ecmascript|graphql|x-ndjson|x-www-form-urlencoded|yaml|x-yaml|toml|sql))$/;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * @typedef {object} IncomingCall
 * @property {string} method
 * @property {string} url Request target as it stood in the request line.
 * @property {string} httpVersion
 * @property {string[]} rawHeaders Name, value, name, value …
 * @property {string} remoteAddress
 * @property {Buffer} body
 * @property {string} requestId
 * @property {string} functionName
 * @property {number} nowMs
 */

/** @param {IncomingCall} call */
function buildHttpEvent(call) {
  const { headers, cookies } = collectHeaders(call.rawHeaders);
  const { rawPath, rawQueryString } = splitTarget(call.url);
  const domainName = (headers.host ?? '').replace(/:\d*$/, '');
  const content = encodeBody(call.body, headers);
  const query = rawQueryString === '' ? undefined : joinQuery(rawQueryString);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(query && { queryStringParameters: query }),
    requestContext: {
      accountId: 'plat',
      apiId: call.functionName,
      domainName,
      domainPrefix: domainName.split('.')[0],
      http: {
        method: call.method,
        path: rawPath,
        protocol: `HTTP/${call.httpVersion}`,
        sourceIp: headers['x-forwarded-for']?.split(',')[0]?.trim() || call.remoteAddress,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: call.requestId,
      routeKey: '$default',
      stage: '$default',
      time: formatTime(call.nowMs),
      timeEpoch: call.nowMs,
    },
    ...content,
  };
}

/** @param {string[]} rawHeaders */
function collectHeaders(rawHeaders) {
  /** @type {Record<string, string>} */
  const headers = {};
  /** @type {string[]} */
  const cookies = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index].toLowerCase();
    const value = rawHeaders[index + 1];
    if (name.startsWith('x-plat-') || CONNECTION_HEADERS.has(name) || name === '__proto__') continue;
    if (name === 'cookie') cookies.push(...value.split(/; */).filter((cookie) => cookie !== ''));
    else headers[name] = name in headers ? `${headers[name]},${value}` : value;
  }
  return { headers, cookies };
}

/** @param {string} url */
function splitTarget(url) {
  const target = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '').replace(/#.*$/s, '');
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  return {
    rawPath: path.startsWith('/') ? path : `/${path}`,
    rawQueryString: mark < 0 ? '' : target.slice(mark + 1),
  };
}

/** @param {string} rawQueryString */
function joinQuery(rawQueryString) {
  /** @type {Map<string, string>} */
  const joined = new Map();
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before},${value}`);
  }
  return joined.size > 0 ? Object.fromEntries(joined) : undefined;
}

/**
 * A body is a string when its type says text (or there is no type) and its bytes are UTF-8; anything else is base64, so
 * that no byte is ever lost.
 * @param {Buffer} body
 * @param {Record<string, string>} headers
 */
function encodeBody(body, headers) {
  if (body.length === 0) return { isBase64Encoded: false };
  const [type, ...parameters] = (headers['content-type'] ?? 'text/plain').toLowerCase().split(';');
  const charset = parameters
    .map((part) => part.trim())
    .find((part) => part.startsWith('charset='))
    ?.slice(8)
    .replaceAll('"', '');
  const isEncoded = (headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity';
  const isText =
    !isEncoded &&
    TEXT_TYPE.test(type.trim()) &&
    /^(utf-?8|us-ascii)$/.test(charset ?? 'utf-8') &&
    isUtf8(body);
  return isText
    ? { body: body.toString('utf8'), isBase64Encoded: false }
    : { body: body.toString('base64'), isBase64Encoded: true };
}

/** `12/Mar/2020:19:03:58 +0000` @param {number} epochMs */
function formatTime(epochMs) {
  const time = new Date(epochMs);
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  const date = `${two(time.getUTCDate())}/${MONTHS[time.getUTCMonth()]}/${time.getUTCFullYear()}`;
  return `${date}:${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())} +0000`;
}

module.exports = { buildHttpEvent };
