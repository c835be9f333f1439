import http2 from 'node:http2';
import type { Duplex } from 'node:stream';
import { dialError } from '@plat/platform-kit/upstream/dial-socket.ts';
import type { Dialer, InstanceAddress } from '../dialer.ts';
import {
  ERROR_HEADER,
  SESSION_MEMORY_MB,
  SESSION_SETTINGS,
  SESSION_WINDOW_BYTES,
  keepAlive,
} from './relay-server.ts';
import { RelayedConnection } from './relayed-connection.ts';

/** The platform's side of the protocol that `relay-server.ts` describes: many connections over one byte stream. */
export class RelaySession implements Dialer {
  readonly #session: http2.ClientHttp2Session;
  readonly #transport: Duplex;
  /** Resolves when nothing can be dialled any more, for whatever reason. */
  readonly closed: Promise<void>;

  private constructor(session: http2.ClientHttp2Session, transport: Duplex, pingMs?: number) {
    this.#session = session;
    this.#transport = transport;
    this.closed = new Promise((resolve) => {
      session.once('close', resolve);
      transport.once('close', resolve);
    });
    keepAlive(session, () => this.close(), pingMs);
  }

  /** Resolves once a relay has answered at the other end; rejects when `transport` ends or `signal` aborts before. */
  static open(
    transport: Duplex,
    signal: AbortSignal,
    options: { pingMs?: number } = {},
  ): Promise<RelaySession> {
    const session = http2.connect('http://relay', {
      createConnection: () => transport,
      settings: SESSION_SETTINGS,
      maxSessionMemory: SESSION_MEMORY_MB,
    });
    session.on('error', () => undefined);
    session.once('connect', () => session.setLocalWindowSize(SESSION_WINDOW_BYTES));
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        session.destroy();
        transport.destroy();
      };
      if (signal.aborted) giveUp();
      signal.addEventListener('abort', giveUp, { once: true });
      const ended = () => reject(dialError('ECONNRESET', 'The relay ended before it answered.'));
      session.once('close', ended);
      session.once('remoteSettings', () => {
        signal.removeEventListener('abort', giveUp);
        session.off('close', ended);
        resolve(new RelaySession(session, transport, options.pingMs));
      });
    });
  }

  dial({ host, port }: InstanceAddress, signal: AbortSignal): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      if (this.#session.closed || this.#session.destroyed) return reject(away());
      const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
      const stream = this.#session.request({ ':method': 'CONNECT', ':authority': authority });
      const giveUp = () => {
        stream.close(http2.constants.NGHTTP2_CANCEL);
        reject(dialError('ETIMEDOUT', `${authority} did not answer in time.`));
      };
      if (signal.aborted) return giveUp();
      signal.addEventListener('abort', giveUp, { once: true });
      const fail = () => {
        signal.removeEventListener('abort', giveUp);
        reject(away());
      };
      stream.once('error', fail).once('close', fail);
      stream.once('response', (headers) => {
        signal.removeEventListener('abort', giveUp);
        stream.off('error', fail).off('close', fail);
        if (headers[':status'] === 200) return resolve(new RelayedConnection(stream));
        stream
          .on('error', () => undefined)
          .resume()
          .end();
        const code = String(headers[ERROR_HEADER] ?? 'EHOSTUNREACH');
        reject(dialError(code, `The relay cannot connect to ${authority}: ${code}.`));
      });
    });
  }

  /** There and back, in ms. */
  roundTrip(): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#session.destroyed) return reject(away());
      this.#session.ping((error, ms) => (error ? reject(error) : resolve(ms)));
    });
  }

  close(): void {
    this.#session.destroy();
    this.#transport.destroy();
  }
}

function away(): Error {
  return dialError('EHOSTUNREACH', 'The relay is gone.');
}
