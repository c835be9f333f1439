import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { json, problem } from './testing/fake-gateway.ts';
import { useCli } from './testing/use-cli.ts';

const { gateway, host } = useCli();

describe('plat login', () => {
  it('checks a piped token, keeps it readable by its owner only, and never shows it', async () => {
    gateway.on(
      'GET /api/whoami',
      json({ id: 't', name: 'ada', role: 'developer', project: 'shop', expiresAt: null }),
    );
    gateway.on('GET /api/system', problem('internal', 'no'));
    const result = await host.run(['login', '--url', gateway.url], { stdin: 'the-secret\n' });
    expect(result).toMatchObject({ code: 0, out: '' });
    expect(gateway.received[0]!.headers.authorization).toBe('Bearer the-secret');
    expect(readFileSync(path.join(host.configFolder, 'config.json'), 'utf8')).toContain('the-secret');
    for (const argv of [
      ['config', 'ls'],
      ['config', 'get'],
      ['config', 'get', 'token'],
      ['config', 'ls', '-o', 'json'],
    ]) {
      const shown = await host.run(argv);
      expect(shown.code).toBe(0);
      expect(shown.out).toContain('***');
      expect(shown.out).not.toContain('the-secret');
    }
    await host.run(['system']);
    expect(gateway.received.at(-1)!.headers.authorization).toBe('Bearer the-secret');
    expect((await host.run(['config', 'get', 'project'])).out).toBe('shop\n');
    await host.run(['logout']);
    expect(readFileSync(path.join(host.configFolder, 'config.json'), 'utf8')).not.toContain('the-secret');
  });

  it('keeps nothing when the platform refuses the token', async () => {
    gateway.on('GET /api/whoami', problem('unauthenticated', 'The token is not valid.'));
    const result = await host.run(['login', '--url', gateway.url, '--token', 'wrong']);
    expect(result.code).toBe(3);
    expect(() => readdirSync(host.configFolder)).toThrow();
  });

  it('asks on a terminal', async () => {
    gateway.on(
      'GET /api/whoami',
      json({ id: 't', name: 'ada', role: 'admin', project: null, expiresAt: null }),
    );
    const prompts = { isInteractive: true, secret: async () => 'typed' };
    expect((await host.run(['login', '--url', gateway.url], { prompts })).code).toBe(0);
    expect(gateway.received[0]!.headers.authorization).toBe('Bearer typed');
  });
});

describe('plat config', () => {
  it('makes contexts, changes between them and refuses tokens', async () => {
    expect((await host.run(['config', 'set', 'url', gateway.url, '--context', 'one'])).code).toBe(0);
    expect((await host.run(['config', 'set', 'project', 'shop', '--context', 'one'])).code).toBe(0);
    expect((await host.run(['config', 'use', 'one'])).code).toBe(0);
    await host.run(['describe', 'cart']);
    expect(gateway.received[0]!.path).toBe('/api/projects/shop/functions/cart');
    expect((await host.run(['config', 'use', 'on'])).err).toContain('Did you mean "one"?');
    expect((await host.run(['config', 'set', 'token', 'x'])).code).toBe(2);
    expect((await host.run(['config', 'set', 'urll', 'x'])).err).toContain('Did you mean "url"?');
    expect((await host.run(['config', 'path'])).out).toBe(`${path.join(host.configFolder, 'config.json')}\n`);
    expect((await host.run(['ls', '--context', 'two'])).code).toBe(2);
  });
});
