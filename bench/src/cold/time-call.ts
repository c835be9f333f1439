import { once } from 'node:events';
import { connect } from 'node:net';
import type { Target } from '../load/closed-loop.ts';

const TIMEOUT_MS = 30_000;

/**
 * One call over a connection of its own, in ms; throws unless it is answered with 200. By a bare socket: fifty at once share
 * the machine with what they measure, and a client of HTTP would take more of it than the platform does.
 */
export async function timeCall({ url, headers }: Target): Promise<number> {
  const { hostname, port, host, pathname } = new URL(url);
  const lines = Object.entries({ Host: host, ...headers, Connection: 'close' });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const begin = performance.now();
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`${url} did not answer in time.`)));
  let answer = '';
  socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
  socket.write(`GET ${pathname} HTTP/1.1\r\n${head}\r\n`);
  await once(socket, 'end');
  const ms = performance.now() - begin;
  socket.destroy();
  if (!answer.startsWith('HTTP/1.1 200 '))
    throw new Error(`A call was answered with ${answer.slice(0, 500)}`);
  return ms;
}
