/**
 * The relay's side of the protocol. This file alone runs in the relay container, handed over as text and stripped of
 * its types by Node: it imports nothing but Node, and uses no syntax that has to be compiled.
 *
 * Over one byte stream runs HTTP/2; each stream is a CONNECT to `ip:port` of an instance. An answer of 200 opens it;
 * 403 (not an address of ours) and 502 say why not in `x-relay-error`, as `net` would name it.
 */
import http2 from 'node:http2';
import net from 'node:net';
import os from 'node:os';
import { Duplex } from 'node:stream';

export const ERROR_HEADER = 'x-relay-error';

/** Large windows, so that one transport carries many fast streams; it is these that bound what either side buffers. */
export const SESSION_SETTINGS = { initialWindowSize: 1024 * 1024, enablePush: false } as const;
export const SESSION_WINDOW_BYTES = 16 * 1024 * 1024;
/** In MB. Node's own limit of 10 refuses new streams while a few large bodies are under way. */
export const SESSION_MEMORY_MB = 256;
/** Both sides ask for a sign of life so often, and give up when there is none until the next time. */
const PING_MS = 10_000;

export type Interfaces = () => NodeJS.Dict<os.NetworkInterfaceInfo[]>;

/** Serves CONNECTs that arrive on `transport` until it ends. */
export function serveRelay(
  transport: Duplex,
  { interfaces = os.networkInterfaces }: { interfaces?: Interfaces } = {},
): http2.Http2Session {
  const options: http2.ServerSessionOptions & Record<string, unknown> = {
    settings: { ...SESSION_SETTINGS, maxConcurrentStreams: 100_000 },
    maxSessionMemory: SESSION_MEMORY_MB,
    // A connection that a caller gives up is a reset: there is no limit to how many of them are right.
    streamResetBurst: 1_000_000,
    streamResetRate: 1_000_000,
  };
  const session = http2.performServerHandshake(transport, options);
  session.setLocalWindowSize(SESSION_WINDOW_BYTES);
  session.on('error', () => undefined);
  session.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    const target = parseTarget(headers[':method'], headers[':authority']);
    if (target === undefined || !isNeighbour(target.host, interfaces())) refuse(stream, 403, 'EHOSTUNREACH');
    else join(stream, target);
  });
  keepAlive(session, () => transport.destroy());
  return session;
}

/** What the relay container runs: serves its standard input and output, and ends with them. */
export function runRelay(): void {
  const transport = standardStreams();
  serveRelay(transport).on('close', () => process.exit(0));
  transport.on('close', () => process.exit(0));
}

/**
 * Calls `onDead` when the other side gives no sign of life. That has to close the transport: a session that is destroyed
 * waits for writes under way, which nobody takes then.
 */
export function keepAlive(session: http2.Http2Session, onDead: () => void, everyMs: number = PING_MS): void {
  let isAnswered = true;
  const timer = setInterval(() => {
    if (session.destroyed) return clearInterval(timer);
    if (!isAnswered) return onDead();
    isAnswered = false;
    session.ping((error) => (isAnswered = error === null));
  }, everyMs);
  timer.unref();
  session.on('close', () => clearInterval(timer));
}

/**
 * Whether the address is of another container on one of our networks: in the subnet of one of our interfaces, and
 * neither our own, nor loopback, nor the first of the subnet, which is the host.
 */
export function isNeighbour(host: string, interfaces: NodeJS.Dict<os.NetworkInterfaceInfo[]>): boolean {
  if (net.isIP(host) === 0) return false;
  const family = net.isIPv4(host) ? 'IPv4' : 'IPv6';
  return Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .some((own) => {
      if (own.internal || own.family !== family || own.cidr === null || own.address === host) return false;
      const subnet = new net.BlockList();
      const prefix = Number(own.cidr.split('/')[1]);
      subnet.addSubnet(own.address, prefix, own.family === 'IPv4' ? 'ipv4' : 'ipv6');
      const isInside = subnet.check(host, own.family === 'IPv4' ? 'ipv4' : 'ipv6');
      return isInside && !(own.family === 'IPv4' && isFirst(host, prefix));
    });
}

/** True for the network's own address and for the one after it, which the engine gives to the host. */
function isFirst(address: string, prefix: number): boolean {
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return number % 2 ** (32 - prefix) <= 1;
}

function parseTarget(
  method: string | undefined,
  authority: string | undefined,
): { host: string; port: number } | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):(\d{1,5})$/.exec(authority ?? '');
  if (method !== 'CONNECT' || !match) return undefined;
  const port = Number(match[3]);
  return port >= 1 && port <= 65_535 ? { host: (match[1] ?? match[2])!, port } : undefined;
}

function refuse(stream: http2.ServerHttp2Stream, status: number, code: string): void {
  if (stream.destroyed) return;
  stream.respond({ ':status': status, [ERROR_HEADER]: code }, { endStream: true });
  stream.resume();
}

function join(stream: http2.ServerHttp2Stream, target: { host: string; port: number }): void {
  const socket = net.connect({ ...target, noDelay: true, allowHalfOpen: true });
  socket.on('connect', () => {
    if (stream.destroyed) return void socket.destroy();
    stream.respond({ ':status': 200 });
    socket.pipe(stream);
    stream.pipe(socket);
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    // Not `close`, which would let the caller see a proper end first.
    if (stream.headersSent) stream.destroy(error);
    else refuse(stream, 502, error.code ?? 'ECONNREFUSED');
  });
  stream.on('close', () => socket.destroy());
}

/** Standard input and output as one stream. Not `process.stdout`: its writes to a pipe would block everything else. */
function standardStreams(): Duplex {
  const input = new net.Socket({ fd: 0, readable: true, writable: false });
  const output = new net.Socket({ fd: 1, readable: false, writable: true });
  const both = new Duplex({
    read: () => void input.resume(),
    write: (chunk: Buffer, _encoding, done) => void output.write(chunk, done),
    final: (done) => void output.end(done),
    destroy: (error, done) => {
      input.destroy();
      output.destroy();
      done(error);
    },
  });
  input.on('data', (chunk: Buffer) => {
    if (!both.push(chunk)) input.pause();
  });
  input.on('end', () => both.destroy());
  for (const stream of [input, output])
    stream.on('error', () => both.destroy()).on('close', () => both.destroy());
  return both;
}
