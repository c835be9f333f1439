import assert from 'node:assert/strict';
import test from 'node:test';
import { handler } from './index.mjs';

const context = { functionName: '{{name}}', requestId: 'test-1', getRemainingTimeInMillis: () => 30_000 };

test('greets by name', async () => {
  const answer = await handler({ queryStringParameters: { name: 'Ada' } }, context);
  assert.equal(answer.statusCode, 200);
  assert.deepEqual(answer.body, { message: 'Hello, Ada!', requestId: 'test-1' });
});

test('greets whom a direct invoke names', async () => {
  const answer = await handler({ name: 'Ada' }, context);
  assert.equal(answer.body.message, 'Hello, Ada!');
});

test('greets the world when no name is given', async () => {
  const answer = await handler({}, context);
  assert.equal(answer.body.message, 'Hello, world!');
});
