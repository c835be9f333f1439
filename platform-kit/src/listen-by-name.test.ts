import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { listenByName } from './listen-by-name.ts';
import { createLogger } from './logging.ts';
import { poll } from './waiting.ts';

const logger = createLogger('test', { level: 'silent' });

test('goes on at the address that the name means, once the one it had is gone', async () => {
  let addresses = ['127.0.0.1', '::1'];
  let made = 0;
  const makeServer = () => {
    const number = ++made;
    return createServer((_req, res) => res.end(String(number)));
  };
  const running = await listenByName(makeServer, 'http://localhost:0', {
    logger,
    everyMs: 10,
    ownAddresses: () => addresses,
  });
  expect(await (await fetch(running.url)).text()).toBe('1');
  // "localhost" means the same address as before: there is nowhere else to listen, and what was there stays.
  addresses = [];
  expect(await poll(async () => (made > 2 ? true : undefined), { intervalMs: 10, timeoutMs: 5000 })).toBe(true);
  expect(await (await fetch(running.url)).text()).toBe('1');
  await running.close();
  await expect(fetch(running.url)).rejects.toThrow();
}); // prettier-ignore

test('listens once for all at an address that is no name', async () => {
  let made = 0;
  const running = await listenByName(() => (made++, createServer()), 'http://127.0.0.1:0', {
    logger,
    everyMs: 1,
    ownAddresses: () => [],
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(made).toBe(1);
  await running.close();
});
