import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { poll } from '@plat/platform-kit/waiting.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPOSITORY, freePort } from './src/platform.ts';
import { runProcess } from './src/run-process.ts';
import { nameInRun } from './src/run.ts';

/** What git has of the repository, and nothing that an earlier install or build left beside it. */
describe('a clean clone', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), `${nameInRun()}-`));
    const { stdout } = await runProcess('git', [
      '-C',
      REPOSITORY,
      'ls-files',
      '-co',
      '--exclude-standard',
      '-z',
    ]);
    for (const file of stdout.split('\0').filter(Boolean)) {
      const target = path.join(folder, file);
      await mkdir(path.dirname(target), { recursive: true });
      await cp(path.join(REPOSITORY, file), target).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('npm start installs what it needs and brings the platform up; npx plat works from a folder inside', async () => {
    const port = await freePort();
    const env = {
      ...process.env,
      PORT: String(port),
      PLAT_NAMESPACE: nameInRun(),
      API_URL: `http://127.0.0.1:${port}`,
      PLAT_TOKEN: 'dev-token',
    };
    let output = '';
    const child = spawn('npm', ['start'], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    try {
      const up = await poll(async () => (output.includes('plat deploy') ? true : undefined), {
        intervalMs: 200,
        timeoutMs: 170_000,
      });
      expect(up, output).toBe(true);
      expect(output).toContain('dev-token');
      const inside = path.join(folder, 'inside');
      await mkdir(inside);
      const ls = await runProcess('npx', ['plat', 'ls', '-o', 'json'], { cwd: inside, env });
      expect(ls.code, ls.stderr).toBe(0);
    } finally {
      process.kill(-child.pid!, 'SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
    }
  });
});

describe('the packed command line', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), `${nameInRun()}-`));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('npm pack makes a tarball that works where the repository is not', async () => {
    const packed = await runProcess('npm', ['pack', '--pack-destination', folder], {
      cwd: path.join(REPOSITORY, 'cli'),
    });
    expect(packed.code, packed.stderr).toBe(0);
    const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
    const installed = await runProcess('npm', [
      'install',
      '--prefix',
      folder,
      '--global',
      path.join(folder, tarball!),
    ]);
    expect(installed.code, installed.stderr).toBe(0);
    const plat = path.join(folder, 'bin/plat');
    expect((await runProcess(plat, ['--version'], { cwd: folder })).stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
    const init = await runProcess(plat, ['init', 'packed', '--runtime', 'python'], { cwd: folder });
    expect(init.code, init.stderr).toBe(0);
    expect(await readdir(path.join(folder, 'packed'))).toContain('plat.yaml');
    expect((await readdir(path.join(REPOSITORY, 'cli'))).includes('dist')).toBe(false);
  });
});
