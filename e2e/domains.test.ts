import type { FunctionRecord } from '@plat/platform-kit/domain.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byHost } from './src/by-host.ts';
import { engineProblem } from './src/engine.ts';
import { nodeFunction, writeFunction } from './src/function-folder.ts';
import { Platform } from './src/platform.ts';

const problem = await engineProblem();
/** The change feed takes milliseconds, a busy machine longer. */
const SOON = { timeout: 15_000 };

describe.skipIf(problem)('custom domains', () => {
  let platform: Platform;
  const status = async (host: string) => (await byHost(platform.port, host)).status;

  beforeAll(async () => {
    platform = await Platform.start();
    await platform.platOk(['projects', 'create', 'acme']);
    for (const [project, name] of [
      ['default', 'shop'],
      ['default', 'blog'],
      ['acme', 'shop'],
    ] as const) {
      const folder = await writeFunction(
        await platform.workFolder(`${project}-${name}`),
        nodeFunction(name, `return "${project}/${name} " + event.rawPath;`),
      );
      await platform.platOk(['deploy', '--project', project], { cwd: folder, timeoutMs: 300_000 });
    }
  });
  afterAll(async () => {
    await platform?.remove();
  });

  it('a function answers at a domain that was added, in any spelling, without a token and on any path', async () => {
    await platform.platOk(['domains', 'add', 'shop', 'www.example.org']);
    const unicode = await platform.platOk(['domains', 'add', 'shop', 'Bücher.Example.']);
    expect(unicode.stdout).toContain('xn--bcher-kva.example (bücher.example)');
    for (const host of [
      'www.example.org',
      `WWW.Example.ORG:${platform.port}`,
      'www.example.org.',
      'xn--bcher-kva.example',
    ]) {
      const answer = await byHost(platform.port, host, { path: '/api/whoami' });
      expect(answer, host).toMatchObject({ status: 200 });
      expect(answer.text).toContain('default/shop /api/whoami');
    }
    const described = await platform.platJson<FunctionRecord>(['describe', 'shop']);
    expect(described.domains).toEqual(['www.example.org', 'xn--bcher-kva.example']);
  });

  it('what cannot be a domain of a function is refused with the reason', async () => {
    const wrong = await platform.plat(['domains', 'add', 'blog', 'platform.test']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('belong to the platform');
    for (const [domain, reason] of [
      ['x.y.platform.test', 'belong to the platform'],
      ['*.example.org', 'wildcard'],
      ['localhost', 'localhost'],
      ['example', 'full name'],
      ['192.168.1.1', 'IP address'],
      ['example.org:80', 'port'],
      ['a..example.org', 'domain'],
      [`${'a'.repeat(64)}.org`, 'at most 63'],
    ] as const) {
      const refused = await platform.curl('/api/projects/default/functions/blog/domains', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ domain }),
      });
      expect(refused.status, domain).toBe(400);
      expect(refused.text, domain).toContain(reason);
    }
    expect((await platform.platJson<FunctionRecord>(['describe', 'blog'])).domains).toEqual([]);
  });

  it('a domain belongs to one function; another project is not told to which', async () => {
    const same = await platform.plat(['domains', 'add', 'blog', 'WWW.example.org']);
    expect(same).toMatchObject({ code: 5 });
    expect(same.stderr).toContain('"shop"');
    const other = await platform.plat(['domains', 'add', 'shop', 'www.example.org', '--project', 'acme']);
    expect(other).toMatchObject({ code: 5 });
    expect(other.stderr).not.toContain('default');
    expect((await byHost(platform.port, 'www.example.org')).text).toContain('default/shop');
  });

  it('a redeploy and a restart keep the domains', async () => {
    const folder = await writeFunction(
      await platform.workFolder('default-shop'),
      nodeFunction('shop', 'return "second";'),
    );
    await platform.platOk(['deploy'], { cwd: folder });
    await expect
      .poll(async () => (await byHost(platform.port, 'www.example.org')).text, SOON)
      .toContain('second');
    await platform.stop('SIGKILL');
    await platform.boot();
    expect((await byHost(platform.port, 'www.example.org')).text).toContain('second');
  });

  it('a domain that was removed is nobody’s, and can be taken by another project', async () => {
    await platform.platOk(['domains', 'rm', 'shop', 'www.example.org', '-y']);
    await expect.poll(() => status('www.example.org'), SOON).toBe(404);
    expect(await status('xn--bcher-kva.example')).toBe(200);
    await platform.platOk(['domains', 'add', 'shop', 'www.example.org', '--project', 'acme']);
    await expect
      .poll(async () => (await byHost(platform.port, 'www.example.org')).text, SOON)
      .toContain('acme/shop');
  });

  it('a function’s domains go with it', async () => {
    await platform.platOk(['rm', 'shop', '-y']);
    await expect.poll(() => status('xn--bcher-kva.example'), SOON).toBe(404);
    await platform.platOk(['domains', 'add', 'blog', 'xn--bcher-kva.example']);
    await expect
      .poll(async () => (await byHost(platform.port, 'xn--bcher-kva.example')).text, SOON)
      .toContain('default/blog');
  });
});
