import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { app } from './server.mjs';

let server;
let url;
before(async () => {
  server = app.listen(0);
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${server.address().port}`;
});
after(() => server.close());

test('greets by name', async () => {
  assert.deepEqual(await (await fetch(`${url}/?name=Ada`)).json(), { message: 'Hello, Ada!' });
});

test('greets whom the body names', async () => {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: '{"name":"Ada"}' });
  assert.deepEqual(await answer.json(), { message: 'Hello, Ada!' });
});

test('greets the world', async () => {
  assert.deepEqual(await (await fetch(url)).json(), { message: 'Hello, world!' });
});
