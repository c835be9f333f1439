'use strict';

const { createServer } = require('node:http');
const { answerCall } = require('./answer-call.cjs');
const { specialize } = require('./specialize.cjs');

const HEADER_LIMIT_BYTES = 32 * 1024;

/**
 * The HTTP server of an instance; it does not listen yet.
 * @param {import('./instance.cjs').Instance} instance
 * @param {{ endOfCall: (requestId: string) => void }} hooks
 */
function createRuntimeServer(instance, { endOfCall }) {
  // The proxy closes connections. A timeout here would cut slow streams, and would fire all at once after a pause.
  const server = createServer({
    keepAliveTimeout: 0,
    headersTimeout: 0,
    requestTimeout: 0,
    maxHeaderSize: HEADER_LIMIT_BYTES,
  });
  server.timeout = 0;
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/_plat/')) answerReserved({ request, response, instance });
    else void answerCall({ request, response, instance, endOfCall });
  });
  server.on('checkContinue', (request, response) => {
    const isTooLarge = Number(request.headers['content-length']) > instance.options.bodyLimitBytes;
    if (isTooLarge) response.setHeader('connection', 'close');
    else response.writeContinue();
    server.emit('request', request, response);
  });
  server.on('clientError', refuseMalformed);
  return server;
}

/** @param {{ request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse, instance: import('./instance.cjs').Instance }} exchange */
function answerReserved({ request, response, instance }) {
  const path = request.url?.split('?')[0];
  if (instance.wasGeneric && request.method === 'POST' && path === '/_plat/specialize') {
    void specialize(request, instance).then(({ status, body }) => sendJson(response, status, body));
    return;
  }
  request.resume();
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (isRead && path === '/_plat/health') {
    const isStuck = instance.slots.isStuck(Date.now());
    return sendJson(response, isStuck ? 503 : 200, { status: isStuck ? 'stuck' : 'ok' });
  }
  if (isRead && path === '/_plat/ready') {
    const { state } = instance;
    const body =
      state.status === 'failed' ? { status: 'failed', reason: state.reason } : { status: state.status };
    return sendJson(response, state.status === 'ready' ? 200 : 503, body);
  }
  sendJson(response, 404, { errorType: 'NotFound', errorMessage: `There is no ${request.method} ${path}.` });
}

/** @param {import('node:http').ServerResponse} response @param {number} status @param {object} body */
function sendJson(response, status, body) {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** @param {Error & { code?: string }} error @param {import('node:stream').Duplex} socket */
function refuseMalformed(error, socket) {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const isTooLong = error.code === 'HPE_HEADER_OVERFLOW';
  const [status, title] = isTooLong ? [431, 'Request Header Fields Too Large'] : [400, 'Bad Request'];
  const body = JSON.stringify({
    errorType: isTooLong ? 'HeadersTooLarge' : 'MalformedRequest',
    errorMessage: isTooLong
      ? `The request's headers are larger than ${HEADER_LIMIT_BYTES} bytes.`
      : 'The request is not valid HTTP/1.1.',
  });
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'x-plat-outcome: invalid',
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

module.exports = { createRuntimeServer };
