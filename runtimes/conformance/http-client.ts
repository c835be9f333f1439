import { request, type Agent, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { randomUUID } from 'node:crypto';
import type { Instance } from './launcher.ts';

export type Sent = {
  /** Value of `x-case`. */
  case?: string;
  method?: string;
  path?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
  requestId?: string;
  signal?: AbortSignal;
  agent?: Agent;
  /** Called with each piece of the body as it arrives. */
  onChunk?: (chunk: string) => void;
};

export type Received = {
  status: number;
  headers: IncomingMessage['headers'];
  rawHeaders: string[];
  trailers: NodeJS.Dict<string>;
  body: Buffer;
  /** False: the connection was cut before the end of the body. */
  isWhole: boolean;
};

/** One request as the proxy sends it, over a connection of its own unless an agent is given. */
export function send(instance: Instance, sent: Sent = {}): Promise<Received> {
  const headers: Record<string, string | string[]> = {
    'x-plat-request-id': sent.requestId ?? randomUUID(),
    ...(sent.case !== undefined && { 'x-case': sent.case }),
    ...sent.headers,
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: instance.host,
        port: instance.port,
        method: sent.method ?? 'GET',
        path: sent.path ?? '/',
        headers,
        agent: sent.agent ?? false,
        ...(sent.signal && { signal: sent.signal }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          sent.onChunk?.(chunk.toString('utf8'));
        });
        response.on('error', () => {});
        response.on('close', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            rawHeaders: response.rawHeaders,
            trailers: response.trailers,
            body: Buffer.concat(chunks),
            isWhole: response.complete,
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(sent.body);
  });
}

// What a fixture answers has no type here; each case says what it expects.
export function json(received: Received) {
  return JSON.parse(received.body.toString('utf8'));
}

/** Sends bytes as they are and reads until the other side closes, or `until` has come. */
export function sendRaw(instance: Instance, text: string, until?: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(instance.port, instance.host, () => socket.write(text, 'latin1'));
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      received += chunk;
      if (until?.test(received)) socket.destroy();
    });
    socket.on('error', (error) => (received === '' ? reject(error) : resolve(received)));
    socket.on('close', () => resolve(received));
  });
}
