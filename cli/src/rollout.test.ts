import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RolloutView } from '@plat/platform-kit/rollout.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { events, functionView, json, problem, versionRecord } from './testing/fake-gateway.ts';
import { useCli } from './testing/use-cli.ts';

const { gateway, host, plat } = useCli();
const HELLO = '/api/projects/default/functions/hello';
const TIME = '2026-01-01T00:00:00.000Z';
const LIVE = { name: 'live', weights: [{ version: 2, weight: 100 }], updatedAt: TIME };

beforeEach(() => {
  writeFileSync(path.join(host.cwd, 'plat.yaml'), 'name: hello\nruntime: node\n');
  writeFileSync(path.join(host.cwd, 'index.mjs'), 'export const handler = async () => 1;\n');
  gateway.on(`GET ${HELLO}`, json(functionView()));
  gateway.on(`POST ${HELLO}/versions`, json(versionRecord({ state: 'pending', promote: false }), 202));
  gateway.on(
    `GET ${HELLO}/versions/3/events`,
    events([['end', versionRecord({ state: 'ready', promote: false })]]),
  );
  gateway.on(`GET ${HELLO}/rollout`, json(rollout()));
});

const sent = () => JSON.parse(gateway.received.at(-1)!.body.toString()) as unknown;

function rollout(more: Partial<RolloutView> = {}): RolloutView {
  return {
    id: 'r1', functionId: 'f1', project: 'default', function: 'hello', state: 'running', version: 3, baseline: 2,
    plan: { steps: [10, 100], stepMs: 60_000, minCalls: 20, maxErrorIncrease: 0.01, maxP95Ratio: 1.5, patienceMs: 600_000 },
    step: 0, before: [{ version: 2, weight: 100 }], reason: null, events: [event('Version 3 gets 10 % of the calls.')],
    createdBy: 'admin', createdAt: TIME, startedAt: TIME, stepStartedAt: TIME, finishedAt: null, figures: null, ...more,
  }; // prettier-ignore
}
function event(message: string): RolloutView['events'][number] {
  return { at: TIME, kind: 'step', message, percent: 10, actor: 'rollout' };
}
const told = (...messages: string[]) => ({ events: messages.map(event) });

describe('plat deploy --canary', () => {
  it('leaves the rollout to the platform, tells each event once, and ends when the version is live', async () => {
    gateway.on(
      `GET ${HELLO}/rollout/events`,
      events([
        ['state', rollout(told('at 10'))],
        ['state', rollout(told('at 10'))],
        ['state', rollout({ step: 1, ...told('at 10', 'at 100') })],
        ['end', rollout({ state: 'completed', ...told('at 10', 'at 100', 'live') })],
      ]),
    );
    const result = await plat(['deploy', '--canary', '10%,100', '--step', '30s', '--min-calls', '5']);
    expect(result.code).toBe(0);
    expect(result.err.match(/^(at 10|at 100|live)$/gm)).toEqual(['at 10', 'at 100', 'live']);
    expect(result.out).toBe('http://plat.test/function/hello\nhttp://default-hello.localhost\n');
    const upload = gateway.received.find(({ method }) => method === 'POST')!;
    expect(upload.body.toString()).toContain('{"rollout":{"steps":[10,100],"step":30,"minCalls":5}}');
  });

  it.each([
    ['rolled_back', 'end', /rollout of version 3 of default\/hello is rolled back: 9 of 40 failed/],
    ['paused', 'state', /is paused: 9 of 40 failed[\s\S]*plat rollout resume, promote or abort hello/],
  ] as const)('exits with 9 when the rollout is %s', async (state, name, text) => {
    gateway.on(`GET ${HELLO}/rollout/events`, events([[name, rollout({ state, reason: '9 of 40 failed' })]]));
    const result = await plat(['deploy', '--canary', '10%,100%']);
    expect(result).toMatchObject({ code: 9, out: '' });
    expect(result.err).toMatch(text);
  });

  it('goes on watching after a cut stream', async () => {
    let calls = 0;
    gateway.on(`GET ${HELLO}/rollout/events`, (res, request) =>
      ++calls === 1
        ? events([['state', rollout(told('at 10'))]], { cut: true })(res, request)
        : events([['end', rollout({ state: 'completed', ...told('at 10', 'live') })]])(res, request),
    );
    const result = await plat(['deploy', '--canary', '10%,100%']);
    expect(result.code).toBe(0);
    expect(result.err.match(/^(at 10|live)$/gm)).toEqual(['at 10', 'live']);
  });

  it('changes nothing when it is interrupted while the rollout goes on', async () => {
    const stop = new AbortController();
    gateway.on(`GET ${HELLO}/rollout/events`, (res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).write(': open\n\n');
      setTimeout(() => stop.abort(), 20);
    });
    const result = await plat(['deploy', '--canary', '10%,100%'], { signal: stop.signal });
    expect(result.code).toBe(130);
    expect(result.err).toContain('The rollout goes on: plat rollout status hello');
    expect(gateway.received.map(({ method }) => method).filter((method) => method !== 'GET')).toEqual([
      'POST',
    ]);
  });

  it.each([
    [['--canary', '50%,10%,100%'], /rising percentages/],
    [['--canary', '10%,50%'], /end with 100/],
    [['--canary', 'all'], /rising percentages/],
    [['--canary', '10%,100%', '--no-promote'], /give one of them/],
    [['--step', '1m'], /give --canary/],
  ])('refuses %j before anything is sent', async (argv, text) => {
    const result = await plat(['deploy', ...argv]);
    expect(result.code).toBe(2);
    expect(result.err).toMatch(text);
    expect(gateway.received).toEqual([]);
  });
});

describe('plat rollout', () => {
  it('starts one to a version that is there', async () => {
    gateway.on(`POST ${HELLO}/rollout`, json(rollout(), 201));
    expect((await plat(['rollout', 'start', 'hello', '3', '--no-wait'])).code).toBe(0);
    expect(sent()).toEqual({ version: 3, steps: [10, 50, 100], step: 60 });
  });

  it('shows state, figures and events', async () => {
    const figures = {
      candidate: { calls: 40, errors: 1, p95Ms: 3 },
      baseline: { calls: 0, errors: 0, p95Ms: null },
    };
    gateway.on(`GET ${HELLO}/rollout`, json(rollout({ figures })));
    const { out } = await plat(['rollout', 'status']);
    expect(out).toMatch(/State: +running/);
    expect(out).toContain('new 40 calls, 2.5 % failed, p95 3ms · old no calls');
    expect(out).toContain('Version 3 gets 10 % of the calls.');
    expect((await plat(['describe', 'hello'])).out).toMatch(/Rollout: +version 3 at 10 %, running/);
  });

  it.each([
    ['pause', 'POST', '/rollout/pause', 'paused'],
    ['resume', 'POST', '/rollout/resume', 'resumed'],
    ['promote', 'POST', '/rollout/promote', 'promoted'],
    ['abort', 'DELETE', '/rollout', 'aborted'],
  ])('%s is a %s of %s', async (verb, method, route, done) => {
    gateway.on(`${method} ${HELLO}${route}`, json(rollout()));
    expect((await plat(['rollout', verb, 'hello'])).out).toBe(
      `default/hello: the rollout of version 3 was ${done}.\n`,
    );
  });
});

describe('plat promote and plat rollback', () => {
  it.each([
    [['promote'], {}],
    [['promote', 'hello'], {}],
    [['promote', 'hello', '3'], { version: 3 }],
    [['promote', '3'], { version: 3 }],
    [['rollback', '3'], { version: 3 }],
  ])('%j', async (argv, body) => {
    gateway.on(`GET ${HELLO}/versions/3`, json(versionRecord()));
    gateway.on(`POST ${HELLO}/promote`, json({ from: null, to: 3 }));
    gateway.on(`POST ${HELLO}/rollback`, json({ from: 4, to: 3 }));
    const result = await plat(argv);
    expect(result).toMatchObject({ code: 0, out: expect.stringContaining('version 3') });
    expect(sent()).toEqual(body);
  });

  it('waits for a version that is not ready yet, and says why one never is', async () => {
    gateway.on(`GET ${HELLO}/versions/3`, json(versionRecord({ state: 'building' })));
    gateway.on(`POST ${HELLO}/promote`, json({ from: 2, to: 3 }));
    expect((await plat(['promote', '3'])).err).toContain('Version 3 is building; waiting');
    gateway.on(`GET ${HELLO}/versions/3/events`, events([['end', versionRecord({ state: 'failed' })]]));
    expect((await plat(['promote', '3'])).code).toBe(8);
  });

  it('rollback --dry-run says where it would go, and moves nothing', async () => {
    const weights = [{ version: 2, weight: 90 }, { version: 3, weight: 10 }]; // prettier-ignore
    gateway.on(`GET ${HELLO}/rollback`, json({ from: 4, to: 2, weights }));
    const { out } = await plat(['rollback', '--dry-run']);
    expect(out).toContain('from version 4 to version 2 (version 2: 90 %, version 3: 10 %)');
    expect(gateway.received.map(({ method }) => method)).toEqual(['GET']);
  });

  it('two versions are one too many', async () => {
    expect((await plat(['rollback', '3', '4'])).code).toBe(2);
  });
});

describe('plat alias set', () => {
  it.each([
    [['--sticky-header', 'x-user'], { header: 'x-user' }],
    [['--sticky-cookie', 'route'], { cookie: 'route' }],
    [['--no-sticky'], null],
    [[], undefined],
  ])('with %j', async (options, sticky) => {
    gateway.on(`GET ${HELLO}/versions/2`, json(versionRecord({ number: 2 })));
    gateway.on(`PUT ${HELLO}/aliases/live`, json({ ...LIVE, ...(sticky ? { sticky } : {}) }));
    expect((await plat(['alias', 'set', 'hello', 'live=2', ...options])).code).toBe(0);
    expect(sent()).toEqual({ weights: [{ version: 2, weight: 100 }], sticky });
  });

  it('splits by weight', async () => {
    for (const number of [12, 13])
      gateway.on(`GET ${HELLO}/versions/${number}`, json(versionRecord({ number })));
    gateway.on(`PUT ${HELLO}/aliases/live`, json(LIVE));
    expect((await plat(['alias', 'set', 'hello', 'live=12:90,13:10'])).code).toBe(0);
    const weights = [{ version: 12, weight: 90 }, { version: 13, weight: 10 }]; // prettier-ignore
    expect(sent()).toEqual({ weights });
  });

  it('names what is wrong without asking anybody', async () => {
    for (const assignment of ['live', 'live=2:50,3:40', 'live=2:50,2:50', 'live=x'])
      expect((await plat(['alias', 'set', 'hello', assignment])).code).toBe(2);
    expect(
      (await plat(['alias', 'set', 'hello', 'live=2', '--no-sticky', '--sticky-header', 'a'])).code,
    ).toBe(2);
    expect(gateway.received).toEqual([]);
  });

  it('passes on that the platform refuses', async () => {
    gateway.on(`GET ${HELLO}/versions/2`, problem('not_found', 'There is no version 2.'));
    expect((await plat(['alias', 'set', 'hello', 'live=2'])).code).toBe(4);
  });
});
