import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { ConfigError, envInt, loadConfig } from './config.ts';

const Schema = z.object({
  PASSWORD: z.string().min(16, 'expected at least 16 characters').meta({ secret: true }),
  PORT: envInt({ min: 1, max: 65_535 }).default(80),
});

function messageFor(env: NodeJS.ProcessEnv): string {
  try {
    loadConfig(Schema, env, { service: 'the test' });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('The configuration was accepted.');
}

test('loadConfig() reports everything that is wrong at once, and what was received', () => {
  const message = messageFor({ PASSWORD: 'hunter2', PORT: '8080x', PLAT_DATA_DIRR: 'a' });
  expect(message).toContain('PASSWORD: expected at least 16 characters');
  expect(message).toContain('PORT: expected a whole number from 1 to 65535 (received "8080x")');
  expect(message).toContain('PLAT_DATA_DIRR: no such setting; did you mean PLAT_DATA_DIR?');
});

test('loadConfig() never shows what was received for a secret', () => {
  expect(messageFor({ PASSWORD: 'hunter2' })).not.toContain('hunter2');
});

test('loadConfig() takes an empty variable as one that is not set', () => {
  expect(loadConfig(Schema, { PASSWORD: 'a'.repeat(16), PORT: '' }, { service: 'the test' }).PORT).toBe(80);
});

test('loadConfig() reads a secret from the file that X_FILE names, and says when it cannot', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plat-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'password');
  writeFileSync(file, `${'s'.repeat(16)}\n`);
  const read = (env: NodeJS.ProcessEnv) => loadConfig(Schema, env, { service: 'the test' });
  expect(read({ PASSWORD_FILE: file }).PASSWORD).toBe('s'.repeat(16));
  expect(read({ PASSWORD_FILE: file, PASSWORD: 'p'.repeat(16) }).PASSWORD).toBe('p'.repeat(16));
  expect(read({ PASSWORD_FILE: file, PORT_FILE: file }).PORT).toBe(80);
  expect(messageFor({ PASSWORD_FILE: `${file}s` })).toContain(
    `PASSWORD_FILE: ${file}s cannot be read (ENOENT)`,
  );
  expect(messageFor({ PASSWORD_FILE: `${file}s` })).not.toContain('PASSWORD: ');
  writeFileSync(file, '\n');
  expect(messageFor({ PASSWORD_FILE: file })).toContain('is empty');
});
