import { expect, test } from 'vitest';
import { z } from 'zod';
import { PlatformError } from './errors.ts';
import { parseInput } from './parse.ts';

const Schema = z.strictObject({
  name: z.string({ error: 'expected a name' }),
  scale: z.strictObject({ min: z.int().optional(), idle: z.string().optional() }).optional(),
  routes: z.array(z.strictObject({ path: z.string() })).optional(),
  env: z.record(z.string().regex(/^[A-Z]+$/, 'upper-case letters only'), z.string()).optional(),
});

function wrong(input: unknown): { message: string; issues: { field: string; message: string }[] } {
  try {
    parseInput(Schema, input, 'plat.yaml');
  } catch (error) {
    expect(error).toBeInstanceOf(PlatformError);
    const known = error as PlatformError;
    expect(known.code).toBe('invalid');
    return { message: known.message, issues: known.details!['issues'] as never };
  }
  throw new Error('It was accepted.');
}

test('parseInput() returns what the schema makes of the input', () => {
  expect(parseInput(Schema, { name: 'a', scale: { min: 1 } }, 'x')).toEqual({ name: 'a', scale: { min: 1 } });
});

test('parseInput() names every wrong field at once, with what was received', () => {
  const { message, issues } = wrong({ name: 7, scale: { min: 'two' } });
  expect(message).toContain('plat.yaml is not valid. name: expected a name (received 7); scale.min:');
  expect(issues.map((issue) => issue.field)).toEqual(['name', 'scale.min']);
});

test('parseInput() suggests the nearest key for an unknown one, at any depth', () => {
  expect(wrong({ name: 'a', sclae: {} }).issues).toEqual([
    { field: 'sclae', message: 'unknown key; did you mean "scale"?' },
  ]);
  expect(wrong({ name: 'a', scale: { idel: '1s' } }).issues).toEqual([
    { field: 'scale.idel', message: 'unknown key; did you mean "idle"?' },
  ]);
  expect(wrong({ name: 'a', routes: [{ path: '/' }, { path: '/', pth: 1 }] }).issues).toEqual([
    { field: 'routes.1.pth', message: 'unknown key; did you mean "path"?' },
  ]);
});

test('parseInput() lists the known keys when none is near', () => {
  expect(wrong({ name: 'a', zzzzzz: 1 }).message).toContain(
    'zzzzzz: unknown key; known keys: name, scale, routes, env.',
  );
});

test('parseInput() says what is wrong with a key of a record, and not its value', () => {
  const { message } = wrong({ name: 'a', env: { 'bad-key': 'hunter2' } });
  expect(message).toContain('env.bad-key: upper-case letters only');
  expect(message).not.toContain('hunter2');
});

test('parseInput() never shows what is in an object', () => {
  const { message } = wrong({ name: { password: 'hunter2' }, env: { A: ['hunter2'] } });
  expect(message).toContain('(received an object)');
  expect(message).toContain('(received a list)');
  expect(message).not.toContain('hunter2');
});

test('parseInput() cuts long values', () => {
  const { message } = wrong({ name: 'a', scale: { min: 'x'.repeat(500) } });
  expect(message.length).toBeLessThan(250);
});
