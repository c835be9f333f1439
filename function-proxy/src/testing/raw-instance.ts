import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { DiscoveredInstance } from '../instance-source.ts';
import { describeInstance } from './test-instance.ts';

/** What a test makes of the bytes of one request; `count` says the how manieth call it is, from 1. */
export type RawBehaviour = (socket: Socket, request: string, count: number) => void;

/** An instance without an HTTP server: it says it is ready, and answers calls with whatever bytes the test wants. */
export class RawInstance {
  /** The heads (and what came with them) of the calls, as they stood on the wire. */
  readonly requests: string[] = [];
  readonly sockets = new Set<Socket>();
  readonly server: Server;
  behaviour: RawBehaviour;
  /** What becomes of new connections. */
  accepts: 'all' | 'resets' = 'all';

  constructor(behaviour: RawBehaviour) {
    this.behaviour = behaviour;
    this.server = createServer((socket) => this.#serve(socket));
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  describe(options: Parameters<typeof describeInstance>[1]): DiscoveredInstance {
    return describeInstance((this.server.address() as AddressInfo).port, options);
  }

  #serve(socket: Socket): void {
    if (this.accepts === 'resets') return void socket.resetAndDestroy();
    this.sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => this.sockets.delete(socket));
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      if (text.startsWith('GET /_plat/')) {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
        return;
      }
      this.requests.push(text);
      this.behaviour(socket, text, this.requests.length);
    });
  }
}
