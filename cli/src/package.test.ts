import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  functionView,
  json,
  startFakeGateway,
  versionRecord,
  type FakeGateway,
} from './testing/fake-gateway.ts';

const SOURCE = fileURLToPath(new URL('..', import.meta.url));
let gateway: FakeGateway;
let home: string;

function node(argv: string[], cwd: string): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], HOME: home, XDG_CONFIG_HOME: home, API_URL: gateway.url };
    const child = execFile(process.execPath, argv, { cwd, env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
    child.stdin?.end();
  });
}

beforeAll(async () => {
  gateway = await startFakeGateway();
  home = mkdtempSync(path.join(os.tmpdir(), 'plat-package-test-'));
  const folder = path.join(home, 'package');
  mkdirSync(folder);
  for (const name of ['bin', 'package.json', 'plat.schema.json']) {
    cpSync(path.join(SOURCE, name), path.join(folder, name), { recursive: true });
  }
  const made = await node([path.join(SOURCE, 'scripts/prepack.mjs'), folder], SOURCE);
  expect(made).toMatchObject({ code: 0, err: '' });
}, 60_000);
afterAll(async () => {
  await gateway.close();
  rmSync(home, { recursive: true, force: true });
});

describe('the package', () => {
  const plat = (argv: string[], cwd = home) => node([path.join(home, 'package/bin/plat.mjs'), ...argv], cwd);

  it('starts, deploys and calls a function with nothing but Node beside it', async () => {
    gateway.on(
      'POST /api/projects/default/functions/hello/versions',
      json(versionRecord({ state: 'pending' }), 202),
    );
    gateway.on('GET /api/projects/default/functions/hello', json(functionView()));
    gateway.on(
      'POST /api/projects/default/functions/hello/invoke',
      (res, request) => void res.end(request.body),
    );
    expect(await plat(['--version'])).toEqual({ code: 0, out: '0.1.0\n', err: '' });
    expect(await plat(['init', 'hello', '--runtime', 'node'])).toMatchObject({ code: 0 });
    const folder = path.join(home, 'hello');
    expect(readFileSync(path.join(folder, 'plat.yaml'), 'utf8')).toContain('name: hello\n');
    expect(await plat(['deploy', '--no-wait', '-q'], folder)).toEqual({
      code: 0,
      out: 'http://plat.test/function/hello@3\n',
      err: '',
    });
    expect(await plat(['invoke', '-d', '{"a":1}', '--quiet'], folder)).toEqual({
      code: 0,
      out: '{"a":1}',
      err: '',
    });
    expect((await plat(['ls', '-o', 'yaml'], folder)).code).toBe(4);
  }, 30_000);

  it('has no dependencies, and carries a template of every runtime that has one', () => {
    const manifest = JSON.parse(readFileSync(path.join(SOURCE, 'package.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(manifest['dependencies']).toBeUndefined();
    expect(readdirSync(path.join(home, 'package/templates'))).toEqual(
      expect.arrayContaining(['node', 'python']),
    );
    expect(readFileSync(path.join(home, 'package/dist/LICENSES.txt'), 'utf8')).toContain('axios');
  });
});
