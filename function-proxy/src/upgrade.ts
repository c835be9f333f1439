import { request, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { PlatformError, toPlatformError } from '@plat/platform-kit/errors.ts';
import type { InvocationTarget } from '@plat/platform-kit/invoker.ts';
import { ConnectionBroken } from '@plat/platform-kit/upstream/upstream-error.ts';
import type { Lease } from './acquire.ts';
import { answerMarks } from './answer-marks.ts';
import { beginCall, toExecution, type CallFacts } from './execution.ts';
import { publicError } from './failed-call.ts';
import { findFunction, findInstance } from './find-instance.ts';
import { COMPONENT, type InvokeDeps } from './invoke.ts';
import { buildRequestHeaders } from './request-headers.ts';
import { takeResponseHeaders, type ReceivedHeaders } from './response-headers.ts';
import { responseHead, sendSocketProblem } from './socket-answer.ts';
import { mapTransportFailure } from './transport-failure.ts';
import { beginTrace } from './trace-call.ts';

/** An upgraded connection on which nothing happens for this long is closed. */
export const IDLE_TIMEOUT_MS = 600_000;

export type UpgradeRequest = { req: IncomingMessage; socket: Duplex; head: Buffer; target: InvocationTarget };

/**
 * Takes a connection that asks to switch protocols to an instance, and from then on only copies bytes. The version's
 * timeout holds until the instance has answered; the connection counts as in flight until it closes. Never rejects.
 */
export async function upgrade(exchange: UpgradeRequest, deps: InvokeDeps): Promise<void> {
  const { req, socket, target } = exchange;
  socket.on('error', () => undefined);
  let call: CallFacts | undefined;
  try {
    const fn = findFunction(target, deps);
    call = beginCall(target, fn.record.id, req.method ?? 'GET');
    beginTrace(req, call, deps.tracing);
    const lease = await findInstance({ caller: socket, headers: req.headers, fn, call, target }, deps);
    try {
      await carry(exchange, { lease, call, isPeerCaller: deps.isPeerCaller });
    } finally {
      lease.instance.sockets.delete(socket);
      deps.acquirer.release(lease);
    }
  } catch (error) {
    const known = toPlatformError(error);
    if (call) call.error = known;
    if (known.code === 'internal')
      deps.logger.error({ err: known.cause, requestId: target.requestId }, 'unexpected error');
    sendSocketProblem(socket, publicError(known, target), {
      component: COMPONENT,
      requestId: target.requestId,
    });
  }
  if (call) deps.record(toExecution(call, performance.now(), COMPONENT), call);
}

/** Resolves when the connection is over; throws when the instance gave no answer. */
async function carry(
  { req, socket, head, target }: UpgradeRequest,
  { lease, call, isPeerCaller }: { lease: Lease; call: CallFacts; isPeerCaller: boolean },
): Promise<void> {
  const { instance, version } = lease;
  const headers = buildRequestHeaders(req, { target, timeoutMs: version.timeoutMs, isPeerCaller });
  headers.push('connection', 'Upgrade', 'upgrade', req.headers.upgrade ?? '');
  const upstream = request({
    host: instance.address,
    method: req.method,
    path: target.path,
    headers: toRecord(headers),
    createConnection: (_options, done) => {
      instance.connect((error, connection) => done(error, connection as Socket));
      return undefined;
    },
  });
  instance.sockets.add(socket);
  const leave = () => upstream.destroy(new PlatformError('client_closed', 'The client left.'));
  socket.once('close', leave);
  const timer = setTimeout(() => upstream.destroy(timedOut(version.timeoutMs)), version.timeoutMs);
  try {
    const answer = await answerOf(upstream);
    clearTimeout(timer);
    socket.off('close', leave);
    const status = answer.response.statusCode ?? 0;
    const { requestId } = target;
    const own = takeResponseHeaders(receivedHeaders(answer.response), call.report, {
      status,
      requestId,
      isChunked: false,
    });
    own.push(...(answerMarks(req, call) ?? []));
    call.status = status;
    call.firstByteAt = performance.now();
    if (answer.socket) {
      own.push('connection', 'Upgrade', 'upgrade', upgradedTo(answer.response, req));
      socket.write(responseHead(call.status, answer.response.statusMessage, own));
      await join(socket, answer.socket, { toInstance: head, toClient: answer.head }, call);
    } else {
      own.push('connection', 'close');
      socket.write(responseHead(call.status, answer.response.statusMessage, own));
      await pour(answer.response, socket);
    }
  } finally {
    clearTimeout(timer);
    socket.off('close', leave);
    upstream.destroy();
  }
}

function upgradedTo(response: IncomingMessage, req: IncomingMessage): string {
  return response.headers.upgrade ?? req.headers.upgrade ?? '';
}

type Answer = { response: IncomingMessage; socket: Socket | undefined; head: Buffer };

function answerOf(upstream: ReturnType<typeof request>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let isConnected = false;
    upstream.on('socket', () => (isConnected = true));
    upstream.on('upgrade', (response, socket: Socket, head) => resolve({ response, socket, head }));
    upstream.on('response', (response) => resolve({ response, socket: undefined, head: Buffer.alloc(0) }));
    upstream.on('error', (cause) => {
      const at = { isSent: isConnected, isAnswered: false };
      reject(mapTransportFailure(isConnected ? broken(cause) : cause, at).error);
    });
    upstream.end();
  });
}

/** Copies both ways until either side is done; each side's end ends the other. */
function join(
  client: Duplex,
  instance: Socket,
  first: { toInstance: Buffer; toClient: Buffer },
  call: CallFacts,
): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      client.destroy();
      instance.destroy();
      call.bytesIn = instance.bytesWritten;
      call.bytesOut = instance.bytesRead;
      resolve();
    };
    for (const side of [client, instance] as (Duplex &
      Partial<Pick<Socket, 'setTimeout' | 'setNoDelay'>>)[]) {
      side.on('error', over).on('close', over);
      side.setNoDelay?.(true);
      side.setTimeout?.(IDLE_TIMEOUT_MS, over);
    }
    if (first.toClient.length > 0) client.write(first.toClient);
    if (first.toInstance.length > 0) instance.write(first.toInstance);
    client.pipe(instance);
    instance.pipe(client);
  });
}

/** An ordinary answer instead of the upgrade: its body until the end, then the connection is closed. */
function pour(response: IncomingMessage, socket: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      response.destroy();
      resolve();
    };
    response.on('error', over);
    socket.on('close', over);
    response.pipe(socket);
  });
}

/** Of a head that Node's client has read. */
function receivedHeaders({ rawHeaders, headers }: IncomingMessage): ReceivedHeaders {
  return {
    headers: rawHeaders.map((text, i) => (i % 2 === 0 ? text.toLowerCase() : text)),
    hasLength: headers['content-length'] !== undefined,
    connection: headers.connection,
  };
}

/** As the pool of the calls says it: what Node's client finds wrong with an answer keeps its own error. */
function broken(cause: Error & { code?: string }): Error {
  if (cause instanceof PlatformError || /^HPE_/.test(cause.code ?? '')) return cause;
  return new ConnectionBroken({ wasKept: false, cause });
}

function toRecord(headers: string[]): Record<string, string | string[]> {
  const record: Record<string, string | string[]> = {};
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!.toLowerCase();
    const value = headers[i + 1]!;
    const before = record[name];
    record[name] = before === undefined ? value : [before, value].flat();
  }
  return record;
}

function timedOut(timeoutMs: number): PlatformError {
  return new PlatformError(
    'function_timeout',
    `The function did not answer within its timeout of ${timeoutMs} ms.`,
  );
}
