import path from 'node:path';
import { expect, test } from 'vitest';
import { loadRuntimes } from '@plat/platform-kit/runtime-folder.ts';
import { whyNotInjectable } from './dependency-free.ts';

const runtimes = await loadRuntimes(path.resolve(import.meta.dirname, '../../runtimes'));
const manifestOf = (id: string) => runtimes.find(({ manifest }) => manifest.id === id)!.manifest;
const file = (name: string, expandedBytes = 10) => ({ path: name, kind: 'file' as const, expandedBytes });

function why(
  runtime: string,
  text: Record<string, string> = {},
  {
    entries = [file('index.mjs')],
    env = {},
  }: { entries?: ReturnType<typeof file>[]; env?: Record<string, string> } = {},
) {
  return whyNotInjectable({ entries, text: new Map(Object.entries(text)) }, manifestOf(runtime), env);
}

test('a source without dependency files needs nothing but its code', () => {
  expect(why('node')).toBeUndefined();
  expect(why('python')).toBeUndefined();
});

test('a package.json that installs nothing is none, whatever else it says', () => {
  expect(why('node', { 'package.json': '{"type":"module","scripts":{"test":"x"},"devDependencies":{"a":"1"}}' })).toBeUndefined(); // prettier-ignore
  expect(why('node', { 'package.json': '{"dependencies":{}}', 'package-lock.json': '{}' })).toBeUndefined();
});

test.each([
  '{"dependencies":{"a":"1"}}',
  '{"optionalDependencies":{"a":"1"}}',
  '{"scripts":{"postinstall":"node x.js"}}',
  '{"workspaces":["a"]}',
  'not json',
])('a package.json that may install something needs its image: %s', (text) => {
  expect(why('node', { 'package.json': text })).toBe('package.json says what to install');
});

test('a requirements.txt of comments is none', () => {
  expect(why('python', { 'requirements.txt': '# One a line\n\n  # more\n' })).toBeUndefined();
  expect(why('python', { 'requirements.txt': '# x\nflask==3\n' })).toBe(
    'requirements.txt says what to install',
  );
});

test('variables that the process reads when it starts need a start', () => {
  expect(why('node', {}, { env: { NODE_OPTIONS: '--x' } })).toContain('NODE_OPTIONS');
  expect(why('python', {}, { env: { PYTHONPATH: '/x' } })).toContain('PYTHONPATH');
  expect(why('node', {}, { env: { GREETING: 'hi', DATABASE_URL: 'x' } })).toBeUndefined();
});

test('much code, many files and links need their image', () => {
  expect(why('node', {}, { entries: [file('a', 1024 ** 2 + 1)] })).toContain('more than');
  expect(why('node', {}, { entries: Array.from({ length: 501 }, (_, n) => file(`f${n}`)) })).toContain('more than'); // prettier-ignore
  const link = { path: 'a', kind: 'link' as const, expandedBytes: 1 };
  expect(whyNotInjectable({ entries: [link], text: new Map() }, manifestOf('node'), {})).toContain('links');
});

test('runtimes whose manifest says nothing of a pool have none', () => {
  expect(why('go')).toContain('start with their code');
});
