import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { functionView, json, problem } from './testing/fake-gateway.ts';
import type { RunOptions } from './testing/test-host.ts';
import { useCli } from './testing/use-cli.ts';

const { gateway, host, plat } = useCli();
const HELLO = '/api/projects/default/functions/hello';

beforeEach(() => {
  gateway.on(`GET ${HELLO}`, json(functionView()));
  gateway.on(`POST ${HELLO}/invoke`, json({ message: 'Hello Ada' }));
});

const invoke = (argv: string[], options: RunOptions = {}) => plat(['invoke', 'hello', ...argv], options);
const last = () => gateway.received.at(-1)!;

describe('plat invoke', () => {
  it('sends the data as the event and prints the answer alone on standard output', async () => {
    const result = await invoke(['-d', '{"name":"Ada"}']);
    expect(result).toMatchObject({ code: 0, out: '{"message":"Hello Ada"}' });
    expect(result.err).toMatch(/^200 OK in .*, request request-1\n$/);
    expect(last()).toMatchObject({ method: 'POST', path: `${HELLO}/invoke` });
    expect(last().body.toString()).toBe('{"name":"Ada"}');
    expect((await invoke(['-d', '{}', '--quiet'])).err).toBe('');
  });

  it('sends an empty event without data', async () => {
    await invoke([]);
    expect(last().body.toString()).toBe('{}');
  });

  it('takes data from a file, from standard input and from a pipe', async () => {
    writeFileSync(path.join(host.cwd, 'event.json'), '{"from":"file"}');
    for (const argv of [
      ['-f', 'event.json'],
      ['-d', '@event.json'],
    ]) {
      await invoke(argv);
      expect(last().body.toString()).toBe('{"from":"file"}');
    }
    for (const argv of [['-f', '-'], ['-d', '@-'], []]) {
      await invoke(argv, { stdin: '{"from":"stdin"}' });
      expect(last().body.toString()).toBe('{"from":"stdin"}');
    }
    expect((await invoke(['-f', 'missing.json'])).code).toBe(2);
    expect((await invoke(['-f', 'event.json', '-d', '1'])).code).toBe(2);
  });

  it('refuses data that is not JSON before it sends anything, with the place', async () => {
    const result = await invoke(['-d', '{"name":\n  Ada}']);
    expect(result.code).toBe(2);
    expect(result.err).toContain('line 2, column 3');
    expect(gateway.received.some(({ method }) => method === 'POST')).toBe(false);
  });

  it('makes an HTTP call with any of -m, -p, -q and -H', async () => {
    gateway.on('GET /function/default.hello/a/b', (res) => void res.end('got'));
    gateway.on('PUT /function/default.hello', (res) => void res.end('put'));
    gateway.on('POST /function/default.hello/', (res) => void res.end('posted'));
    expect((await invoke(['-p', '/a/b', '-q', 'x=1', '-q', 'x=a b', '-H', 'X-One: 1'])).out).toBe('got');
    expect(last().path).toBe('/function/default.hello/a/b?x=1&x=a+b');
    expect(last().headers['x-one']).toBe('1');
    expect((await invoke(['-m', 'put', '-d', 'plain'])).out).toBe('put');
    expect(last().headers['content-type']).toContain('text/plain');
    expect((await invoke(['-p', '/', '-d', '{"a":1}'])).out).toBe('posted');
    expect(last().headers['content-type']).toBe('application/json');
  });

  it('makes an HTTP call to a function that is a web server', async () => {
    gateway.on(`GET ${HELLO}`, json(functionView({ live: { ...functionView().live!, contract: 'http' } })));
    gateway.on('GET /function/default.hello', (res) => void res.end('page'));
    expect((await invoke([])).out).toBe('page');
  });

  it('calls an alias or a version', async () => {
    await plat(['invoke', 'hello:beta']);
    expect(last().path).toBe(`${HELLO}/invoke?alias=beta`);
    await plat(['invoke', 'hello@2']);
    expect(last().path).toBe(`${HELLO}/invoke?version=2`);
    await plat(['invoke', 'hello@2', '-p', '/x']);
    expect(last().path).toBe('/function/default.hello@2/x');
  });

  it('prints status and headers first with -i', async () => {
    const result = await invoke(['-i', '-d', '{}']);
    expect(result.out).toMatch(/^HTTP\/1.1 200 OK\n(?:.+: .+\n)+\n\{"message":"Hello Ada"\}$/);
    expect(result.out).toContain('content-type: application/json\n');
  });

  it('exits with 7 when the function answers with 400 or above, and prints its answer all the same', async () => {
    gateway.on(`POST ${HELLO}/invoke`, json({ error: 'no name' }, 422));
    expect(await invoke(['-d', '{}'])).toMatchObject({ code: 7, out: '{"error":"no name"}' });
  });

  it('takes a problem document of the function for an answer of the function', async () => {
    gateway.on(`POST ${HELLO}/invoke`, (res) =>
      void res.writeHead(404, { 'content-type': 'application/problem+json' }).end('{"code":"not_found","detail":"mine"}'),
    ); // prettier-ignore
    expect(await invoke([])).toMatchObject({ code: 7, out: '{"code":"not_found","detail":"mine"}' });
  });

  it.each([
    ['not_found', 4],
    ['forbidden', 3],
    ['function_failed', 7],
    ['function_timeout', 6],
    ['cold_start_timeout', 6],
    ['unavailable', 6],
  ] as const)('tells the platform’s own %s on standard error and exits with %i', async (code, exit) => {
    gateway.on(`POST ${HELLO}/invoke`, problem(code, 'Because of that.', 'function-proxy'));
    const result = await invoke(['-i']);
    expect(result).toMatchObject({ code: exit, out: '' });
    expect(result.err).toContain(`error: Because of that.\n(${code}, function-proxy, request request-1)`);
  });

  it('does not follow redirects', async () => {
    gateway.on(
      'GET /function/default.hello/r',
      (res) => void res.writeHead(302, { location: '/elsewhere' }).end(),
    );
    expect((await invoke(['-p', '/r', '-i'])).out).toContain('location: /elsewhere\n');
    expect(last().path).toBe('/function/default.hello/r');
  });

  it('streams the answer and says so when it breaks off', async () => {
    gateway.on(`POST ${HELLO}/invoke`, (res) => {
      res.writeHead(200).write('first ');
      setTimeout(() => res.destroy(), 50);
    });
    const result = await invoke([]);
    expect(result).toMatchObject({ code: 6, out: 'first ' });
    expect(result.err).toContain('broke off');
  });

  it('says so when the function takes longer than --timeout', async () => {
    gateway.on(`POST ${HELLO}/invoke`, () => new Promise((resolve) => setTimeout(resolve, 500)));
    const result = await invoke(['--timeout', '50ms']);
    expect(result.code).toBe(6);
    expect(result.err).toContain('did not answer within');
  });
});
