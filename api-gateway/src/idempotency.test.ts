import { afterEach, beforeEach, expect, test } from 'vitest';
import { startGateway, type TOKENS, type TestGateway } from './testing/start-gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.close());

type Sent = { idempotency?: { key: string; request: string } };

async function makeToken(key: string, name = 'ci', as: keyof typeof TOKENS = 'admin') {
  const answer = await gateway.call('POST', '/api/tokens', {
    as,
    body: { name, role: 'viewer' },
    headers: { 'idempotency-key': key },
  });
  return {
    status: answer.status,
    sent: (gateway.metadata.calls.at(-1)?.body as Sent | undefined)?.idempotency,
  };
}

test('the record gets a hash of the key, the caller and the path, and one of the request', async () => {
  const first = await makeToken('k1');
  const again = await makeToken('k1');
  expect(first).toMatchObject({ status: 201, sent: { key: expect.stringMatching(/^[0-9a-f]{64}$/) } });
  expect(again.sent).toEqual(first.sent);
  const otherRequest = await makeToken('k1', 'other');
  expect(otherRequest.sent!.key).toBe(first.sent!.key);
  expect(otherRequest.sent!.request).not.toBe(first.sent!.request);
  expect((await makeToken('k2')).sent!.key).not.toBe(first.sent!.key);
  await gateway.call('POST', '/api/projects', {
    body: { name: 'new' },
    headers: { 'idempotency-key': 'k1' },
  });
  expect((gateway.metadata.calls.at(-1)!.body as Sent).idempotency!.key).not.toBe(first.sent!.key);
});

test('without the header there is no key, and a key that is none is invalid', async () => {
  await gateway.call('POST', '/api/projects', { body: { name: 'new' } });
  expect(gateway.metadata.calls.at(-1)!.body).not.toHaveProperty('idempotency');
  for (const key of ['', 'a b', 'x'.repeat(201)]) expect((await makeToken(key)).status).toBe(400);
});
