import { mkdir, rm } from 'node:fs/promises';
import { createServer, connect, type Server, type Socket } from 'node:net';
import path from 'node:path';

/** A socket that leads to the real engine while it is open: for an engine that comes late, or goes. */
export class EngineDoor {
  readonly #socketPath: string;
  readonly #engineSocket: string;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  constructor(socketPath: string, engineSocket = '/var/run/docker.sock') {
    this.#socketPath = socketPath;
    this.#engineSocket = engineSocket;
  }

  get dockerHost(): string {
    return `unix://${this.#socketPath}`;
  }

  async open(): Promise<void> {
    await mkdir(path.dirname(this.#socketPath), { recursive: true });
    const server = createServer({ allowHalfOpen: true }, (inside) => {
      const outside = connect({ path: this.#engineSocket, allowHalfOpen: true });
      for (const socket of [inside, outside]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
        socket.once('close', () => {
          this.#sockets.delete(socket);
          inside.destroy();
          outside.destroy();
        });
      }
      inside.pipe(outside);
      outside.pipe(inside);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#socketPath, resolve);
    });
    this.#server = server;
  }

  /** Nobody answers there any more, and who was connected is cut off. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    const closed = server && new Promise((resolve) => server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    await rm(this.#socketPath, { force: true });
  }
}
