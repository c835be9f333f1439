import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { functionView, json, problem } from './testing/fake-gateway.ts';
import { useCli } from './testing/use-cli.ts';

const { gateway, host, plat } = useCli();

const HELLO = '/api/projects/default/functions/hello';

describe('plat', () => {
  it('sends the token of the environment, and the development token to this machine when there is none', async () => {
    gateway.on(
      'GET /api/whoami',
      json({ id: 't', name: 'root', role: 'admin', project: null, expiresAt: null }),
    );
    await plat(['whoami']);
    await plat(['whoami'], { token: 'secret' });
    await plat(['whoami', '--token', 'flag'], { token: 'secret' });
    expect(gateway.received.map((request) => request.headers.authorization)).toEqual([
      'Bearer dev-token',
      'Bearer secret',
      'Bearer flag',
    ]);
  });

  it('says how to start the platform when nothing answers, and exits with 6', async () => {
    await gateway.close();
    const result = await plat(['ls']);
    expect(result).toMatchObject({ code: 6, out: '' });
    expect(result.err).toContain(`Nothing answers at ${gateway.url}.`);
    expect(result.err).toContain('npm start');
  });

  it.each([
    ['unauthenticated', 3],
    ['forbidden', 3],
    ['not_found', 4],
    ['conflict', 5],
    ['unavailable', 6],
    ['invalid', 2],
    ['internal', 1],
  ] as const)('tells the error %s of the platform with its request and exits with %i', async (code, exit) => {
    gateway.on('GET /api/system', problem(code, 'Because of that.'));
    const result = await plat(['system']);
    expect(result).toMatchObject({ code: exit, out: '' });
    expect(result.err).toContain('error: Because of that.');
    expect(result.err).toContain('request request-1');
  });

  it.each([
    [['nonsense']],
    [['ls', '--nonsense']],
    [['ls', '-o', 'xml']],
    [['rollback', 'hello', 'two']],
    [[]],
    [['projects']],
  ])('exits with 2 for %j', async (argv) => {
    const result = await plat(argv);
    expect(result).toMatchObject({ code: 2, out: '' });
    expect(result.err).not.toBe('');
  });

  it('prints help and version on standard output', async () => {
    expect(await plat(['--version'])).toEqual({ code: 0, out: '1.2.3\n', err: '' });
    const help = await plat(['deploy', '--help']);
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toContain('--build-log');
  });

  it('says so when something else than a gateway answers', async () => {
    gateway.on('GET /api/system', (res) => void res.writeHead(200).end('<html>'));
    const result = await plat(['system']);
    expect(result.code).toBe(1);
    expect(result.err).toContain('not as a Plat gateway does');
  });

  it('takes options in front of the command as well', async () => {
    gateway.on('GET /api/functions', json({ items: [functionView()], next: null }));
    expect((await plat(['-o', 'name', '--project', 'shop', 'ls'])).out).toBe('hello\n');
    expect(gateway.received[0]!.path).toContain('project=shop');
  });
});

describe('plat ls', () => {
  it('prints a table, names, or the objects of the API, and reads every page', async () => {
    gateway.on('GET /api/functions', (res, request) =>
      request.path.includes('before=c1')
        ? json({ items: [functionView({ name: 'second' })], next: null })(res, request)
        : json({ items: [functionView()], next: 'c1' })(res, request),
    );
    const table = await plat(['ls']);
    expect(table.out).toBe(
      'NAME    STATUS  RUNTIME  LIVE  UPDATED  URL\n' +
        'hello   active  node     3     1h       http://plat.test/function/hello\n' +
        'second  active  node     3     1h       http://plat.test/function/hello\n',
    );
    expect((await plat(['ls', '-o', 'name'])).out).toBe('hello\nsecond\n');
    expect(JSON.parse((await plat(['ls', '-o', 'json'])).out)).toMatchObject([
      { name: 'hello' },
      { name: 'second' },
    ]);
    expect((await plat(['ls', '-o', 'yaml'])).out).toContain('- id: f1');
    gateway.on('GET /api/metrics', problem('forbidden', 'Invokers may not.'));
    const wide = await plat(['ls', '-o', 'wide']);
    expect(wide).toMatchObject({ code: 0 });
    expect(wide.out).toContain('http://default-hello.localhost');
    expect(wide.out).not.toContain('CALLS');
  });

  it('lists functions with what became of their calls in the wide table', async () => {
    gateway.on(
      'GET /api/functions',
      json({ items: [functionView(), functionView({ name: 'idle' })], next: null }),
    );
    gateway.on(
      'GET /api/metrics',
      json({
        items: [
          {
            project: 'default',
            function: 'hello',
            calls: 12,
            failed: 3,
            p95Ms: 40,
            coldStarts: 0,
            lastAt: new Date().toISOString(),
            trend: { stepMs: 1000, calls: [0, 12], failed: [0, 3] },
          },
        ],
        next: null,
      }),
    );
    const [head, hello, idle] = (await plat(['ls', '-o', 'wide'])).out.split('\n');
    expect(head).toMatch(/CALLS +FAILED +P95 +CALLED +LAST DAY/);
    expect(hello).toMatch(/ 12 +3 +40ms +\S+ +▁█ /);
    expect(idle).toMatch(/ - +- +- +- +- /);
    expect(gateway.received.find(({ path: asked }) => asked.startsWith('/api/metrics'))?.path).toMatch(
      /project=default.*range=24h.*quiet=true/,
    );
  });

  it('says on standard error that there is nothing', async () => {
    gateway.on('GET /api/functions', json({ items: [], next: null }));
    gateway.on('GET /api/projects', json({ items: [{ name: 'default' }], next: null }));
    const result = await plat(['ls']);
    expect(result.out).toBe('');
    expect(result.err).toContain('There are no functions in project default');
    expect((await plat(['ls', '-q'])).err).toBe('');
    expect((await plat(['ls', '-o', 'json'])).out).toBe('[]\n');
  });

  it('says when there is nothing because there is no such project or function', async () => {
    for (const list of ['functions', 'builds', 'executions'])
      gateway.on(`GET /api/${list}`, json({ items: [], next: null }));
    gateway.on('GET /api/projects', json({ items: [{ name: 'default' }, { name: 'shop' }], next: null }));
    const result = await plat(['ls', '--project', 'shpo']);
    expect(result).toMatchObject({ code: 4, out: '' });
    expect(result.err).toContain('There is no project "shpo"; did you mean "shop"?');
    expect(await plat(['builds', 'ls', 'nobody'])).toMatchObject({ code: 4 });
    expect(await plat(['executions', 'ls', 'nobody'])).toMatchObject({ code: 4 });
    expect(await plat(['executions', 'ls', '--project', 'shop'])).toMatchObject({ code: 0 });
  });

  it('refuses a method that is none before it asks anybody', async () => {
    const result = await plat(['invoke', 'hello', '-m', 'GE T']);
    expect(result).toMatchObject({ code: 2 });
    expect(result.err).toContain("argument 'GE T' is invalid. expected a method, such as POST.");
    expect(gateway.received).toEqual([]);
  });
});

describe('the function a command is about', () => {
  it('is the one of plat.yaml when none is named, in its project', async () => {
    writeFileSync(path.join(host.cwd, 'plat.yaml'), 'name: cart\nproject: shop\nmemory: nonsense\n');
    gateway.on(
      'GET /api/projects/shop/functions/cart',
      json(functionView({ name: 'cart', project: 'shop' })),
    );
    expect((await plat(['describe', '-o', 'name'])).out).toBe('cart\n');
    expect((await plat(['describe', '--project', 'other'])).code).toBe(4);
    expect(gateway.received.at(-1)!.path).toBe('/api/projects/other/functions/cart');
  });

  it('may carry its project', async () => {
    await plat(['describe', 'shop.cart']);
    expect(gateway.received[0]!.path).toBe('/api/projects/shop/functions/cart');
    expect((await plat(['describe', 'shop.cart', '--project', 'default'])).code).toBe(2);
  });

  it('must be named where there is no plat.yaml', async () => {
    const result = await plat(['describe']);
    expect(result.code).toBe(2);
    expect(result.err).toContain('Which function?');
  });
});

describe('what destroys', () => {
  beforeEach(() => {
    gateway.on(`GET ${HELLO}`, json(functionView()));
    gateway.on(`DELETE ${HELLO}`, (res) => void res.writeHead(204).end());
  });
  const deleted = () => gateway.received.some((request) => request.method === 'DELETE');

  it('wants --yes without a terminal', async () => {
    const result = await plat(['rm', 'hello']);
    expect(result.code).toBe(2);
    expect(result.err).toContain('--yes');
    expect(deleted()).toBe(false);
    expect(await plat(['rm', 'hello', '-y'])).toEqual({ code: 0, out: '', err: 'Deleted default/hello.\n' });
    expect(deleted()).toBe(true);
  });

  it('asks on a terminal, and a no leaves everything as it is', async () => {
    const questions: string[] = [];
    const answer = (yes: boolean) => ({
      isInteractive: true,
      confirm: async (question: string) => {
        questions.push(question);
        return yes;
      },
    });
    expect((await plat(['rm', 'hello'], { prompts: answer(false) })).code).toBe(1);
    expect(deleted()).toBe(false);
    expect((await plat(['rm', 'hello'], { prompts: answer(true) })).code).toBe(0);
    expect(deleted()).toBe(true);
    expect(questions[0]).toBe('Delete default/hello with 3 versions?');
  });

  it.each([[['projects', 'rm', 'shop']], [['tokens', 'rm', 't1']], [['alias', 'rm', 'hello', 'beta']]])(
    'holds for %j too',
    async (argv) => {
      expect((await plat(argv)).code).toBe(2);
      expect(deleted()).toBe(false);
    },
  );
});

describe('plat tokens create', () => {
  it('prints the secret alone on standard output', async () => {
    gateway.on(
      'POST /api/tokens',
      json({ id: 't1', name: 'ci', role: 'developer', project: 'shop', token: 's3cret' }, 201),
    );
    const result = await plat([
      'tokens',
      'create',
      'ci',
      '--role',
      'developer',
      '--project',
      'shop',
      '--expires',
      '30d',
    ]);
    expect(result).toMatchObject({ code: 0, out: 's3cret\n' });
    expect(JSON.parse(gateway.received[0]!.body.toString())).toEqual({
      name: 'ci',
      role: 'developer',
      project: 'shop',
      expiresIn: '30d',
    });
  });
});

describe('plat domains', () => {
  const record = { domain: 'xn--bcher-kva.example', display: 'bücher.example', createdBy: 'admin', createdAt: '2026-01-01T00:00:00.000Z' }; // prettier-ignore

  it('adds a domain and shows in which form it is kept', async () => {
    gateway.on(`POST ${HELLO}/domains`, json(record, 201));
    const added = await plat(['domains', 'add', 'hello', 'Bücher.example']);
    expect(added).toMatchObject({ code: 0 });
    expect(added.out).toContain('xn--bcher-kva.example (bücher.example)');
    expect(JSON.parse(gateway.received[0]!.body.toString())).toEqual({ domain: 'Bücher.example' });
    gateway.on(`POST ${HELLO}/domains`, problem('conflict', 'The domain "x.org" is in use already.'));
    expect(await plat(['domains', 'add', 'hello', 'x.org'])).toMatchObject({ code: 5 });
  });

  it('lists and removes, and describe shows them', async () => {
    gateway.on(`GET ${HELLO}/domains`, json({ items: [record], next: null }));
    expect((await plat(['domains', 'ls', 'hello', '-o', 'name'])).out).toBe('xn--bcher-kva.example\n');
    gateway.on(`DELETE ${HELLO}/domains/www.example.org`, json(null, 200));
    expect((await plat(['domains', 'rm', 'hello', 'www.example.org', '-y'])).code).toBe(0);
    gateway.on(`GET ${HELLO}`, json(functionView({ domains: ['a.example.org', 'b.example.org'] })));
    expect((await plat(['describe', 'hello'])).out).toMatch(/Domains: +a\.example\.org b\.example\.org/);
  });
});

describe('plat source', () => {
  it('saves the archive whole and does not overwrite in silence', async () => {
    gateway.on(`GET ${HELLO}/versions/3/source`, (res) => void res.end('zip'));
    expect((await plat(['source', 'hello', '3'])).code).toBe(0);
    expect(readFileSync(path.join(host.cwd, 'hello-3.zip'), 'utf8')).toBe('zip');
    expect((await plat(['source', 'hello', '3'])).code).toBe(2);
    expect((await plat(['source', 'hello', '3', '-O', '-'])).out).toBe('zip');
    expect((await plat(['source', 'hello', '4', '-O', 'x.zip'])).code).toBe(4);
    expect(readdirSync(host.cwd)).toEqual(['hello-3.zip']);
  });
});
