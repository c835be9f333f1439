import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ERRORS, PlatformError, fromProblem, toPlatformError, toProblem } from './errors.ts';

const doc = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

test('docs/errors.md has a section for each code of the table, and no other', () => {
  const sections = [...doc.matchAll(/^## (\S+)$/gm)].map((match) => match[1]);
  expect(sections).toEqual(Object.keys(ERRORS));
});

test.each(Object.entries(ERRORS))('docs/errors.md says status, title and advice of %s', (code, row) => {
  const section = doc.split(/^## /m).find((text) => text.startsWith(`${code}\n`))!;
  expect(section).toContain(`${row.status}: ${row.title}.`);
  for (const part of ['**Means**', '**Typical causes**', '**What to do**']) expect(section).toContain(part);
  expect(doc).toMatch(new RegExp(`\\| \\[\`${code}\`\\]\\(#${code}\\) +\\| ${row.status} `));
});

test('an error keeps its code, message, details and component over a hop', () => {
  const thrown = new PlatformError('conflict', 'It is stopped.', {
    details: { retryAfterSeconds: 2, state: 'x' },
  });
  const problem = toProblem(thrown, { component: 'metadata-service', requestId: 'r1' });
  expect(problem).toEqual({
    type: 'urn:plat:error:conflict',
    title: ERRORS.conflict.title,
    status: 409,
    code: 'conflict',
    component: 'metadata-service',
    detail: 'It is stopped.',
    requestId: 'r1',
    details: { retryAfterSeconds: 2, state: 'x' },
  });
  const rebuilt = fromProblem(JSON.parse(JSON.stringify(problem)))!;
  expect(rebuilt).toMatchObject({
    code: 'conflict',
    message: 'It is stopped.',
    component: 'metadata-service',
  });
  expect(toProblem(rebuilt, { component: 'api-gateway', requestId: 'r1' }).component).toBe(
    'metadata-service',
  );
});

test('an unknown error becomes internal and its text stays inside', () => {
  const cause = new Error('password=hunter2');
  const problem = toProblem(cause, { component: 'builder', requestId: 'r' });
  expect(problem).toMatchObject({ code: 'internal', status: 500 });
  expect(JSON.stringify(problem)).not.toContain('hunter2');
  expect(toPlatformError(cause).cause).toBe(cause);
});

test.each([
  null,
  'text',
  7,
  {},
  { code: 'nope', detail: 'x' },
  { code: 'constructor', detail: 'x' },
  { code: 'invalid' },
])('fromProblem() takes %j for no problem', (body) => expect(fromProblem(body)).toBeUndefined());
