/**
 * Gateway and proxy in one process that know as many functions as the first argument says, one of which has an instance
 * (second and third argument: port and address). Prints where the gateway listens and, once the record is read, the size of the heap.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readConfig as readGatewayConfig } from '@plat/api-gateway/config.ts';
import { start as startGateway } from '@plat/api-gateway/start.ts';
import { readConfig as readProxyConfig } from '@plat/function-proxy/config.ts';
import { start as startProxy } from '@plat/function-proxy/start.ts';
import { fakeFunction } from '@plat/function-proxy/testing/fake-records.ts';
import { FakeSource } from '@plat/function-proxy/testing/fake-source.ts';
import { describeInstance } from '@plat/function-proxy/testing/test-instance.ts';
import { silentLogger } from '@plat/platform-kit/logging.ts';

const [count = '1', port = '0', address = '127.0.0.1'] = process.argv.slice(2);
const token = 'the-internal-token-of-the-benchmark';

const changes = Array.from({ length: Number(count) }, (_, i) => {
  const value = fakeFunction({
    name: i === 0 ? 'quick' : `sleeping-${i}`,
    versions: [{ number: 1, concurrency: 200 }],
  });
  return { seq: 1, kind: 'function', key: value.id, value };
});
const page = JSON.stringify({ seq: 1, reset: true, changes });
/** The record: all of it at the first question, and nothing new ever after. */
const metadata = createServer((req, res) => {
  if (req.url?.includes('/changes?since=0')) return void res.end(page);
  if (req.url?.includes('/changes')) return;
  req.resume().on('end', () => res.writeHead(204).end());
});
await new Promise<void>((resolve) => metadata.listen(0, '127.0.0.1', resolve));
const METADATA_URL = `http://127.0.0.1:${(metadata.address() as AddressInfo).port}`;

const source = new FakeSource();
source.put({
  ...describeInstance(Number(port), { id: 'one', functionId: 'fn-default-quick', name: 'quick' }),
  address,
});
const common = { INTERNAL_TOKEN: token, METADATA_URL, CONTROLLER_URL: 'http://127.0.0.1:9' };
const logger = silentLogger();
const proxy = await startProxy(readProxyConfig({ ...common, PROXY_LISTEN: 'http://127.0.0.1:0' }), {
  source,
  logger,
});
const gateway = await startGateway(
  readGatewayConfig({ ...common, PORT: '0', PROXY_URL: proxy.url, RATE_LIMIT_PER_SECOND: '0' }),
  { invoker: proxy.invoker, logger },
);
for (;;) {
  const ready = await fetch(`${gateway.url}/readyz`);
  const call = await fetch(`${gateway.url}/function/quick`, {
    headers: { authorization: 'Bearer dev-token' },
  });
  await call.arrayBuffer();
  if (ready.ok && call.ok) break;
  await new Promise((resolve) => setTimeout(resolve, 50));
}
for (let i = 0; i < 4; i++) {
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 50));
}
console.log(JSON.stringify({ url: gateway.url, heapBytes: process.memoryUsage().heapUsed }));
process.on('SIGTERM', () => process.exit(0));
