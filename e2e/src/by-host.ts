import { request } from 'node:http';
import type { Answer } from './platform.ts';

/** `curl -H "Host: <host>" http://127.0.0.1:<port><path>`: fetch does not let a caller choose the Host header. */
export function byHost(
  port: number,
  host: string,
  options: { path?: string; method?: string; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = request(
      {
        host: '127.0.0.1',
        port,
        path: options.path ?? '/',
        method: options.method ?? 'GET',
        headers: { host },
        timeout: 60_000,
      },
      (res) => {
        let text = '';
        res.on('data', (chunk: Buffer) => (text += chunk.toString()));
        res.on('error', reject);
        res.on('end', () => {
          const headers = new Headers();
          for (const [name, value] of Object.entries(res.headers)) headers.set(name, String(value));
          resolve({ status: res.statusCode ?? 0, headers, text });
        });
      },
    );
    req.on('timeout', () => req.destroy(new Error('no answer in time')));
    req.on('error', reject);
    req.end(options.body);
  });
}
