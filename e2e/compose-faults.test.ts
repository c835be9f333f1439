import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pause } from '@plat/platform-kit/waiting.ts';
import { ComposeStack } from './src/compose-stack.ts';
import { containersOf, engineProblem } from './src/engine.ts';
import { isWholeRun, writeFaultTable } from './src/fault-report.ts';
import { FaultRun } from './src/fault-run.ts';
import { LONG_FAULTS, SHORT_FAULTS, diskFull } from './src/faults.ts';
import { nodeFunction, writeFunction } from './src/function-folder.ts';
import { freePort } from './src/platform.ts';
import { SteppedClock, clockProblem } from './src/stepped-clock.ts';

const FULL_MS = isWholeRun ? 15_000 : 1000;
const STEPPED_MS = isWholeRun ? 30_000 : 3000;
const STACK = [
  'docker-compose.yaml',
  'proxy/without-traefik.yaml',
  'proxy/second-gateway.yaml',
  'e2e/src/small-disks.yaml',
];
const ADMIN = { authorization: 'Bearer dev-token' };
const problem = await engineProblem();
const noClock = clockProblem();

/** Each fault under constant warm traffic; `npm run test:faults` runs the whole list and writes `docs/reliability.md`. */
describe.skipIf(problem)('the Compose stack survives', () => {
  let stack: ComposeStack;
  let run: FaultRun;
  let secondPort: number;
  let clock: SteppedClock;

  beforeAll(async () => {
    secondPort = await freePort();
    clock = await SteppedClock.make();
    stack = await ComposeStack.create({
      ...clock.settings,
      COMPOSE_FILE: [...STACK, ...(noClock ? [] : ['e2e/src/stepped-clock.yaml'])].join(':'),
      SECOND_PORT: String(secondPort),
      DRAIN_DELAY_SECONDS: '4',
    });
    await stack.up();
    run = await FaultRun.begin(stack);
  }, 300_000);

  afterAll(async () => {
    await run?.close();
    await stack?.remove();
    await clock?.remove();
    await writeFaultTable('SQLite', run?.outcomes ?? []);
  }, 120_000);

  it.each(isWholeRun ? LONG_FAULTS : SHORT_FAULTS)('$name', async (fault) => {
    const before = await run.inventory();
    const outcome = await run.inflict(fault);
    expect(outcome.healedMs, 'all is well again').toBeDefined();
    if (fault.warmCalls === 'go on') expect(outcome.counted.failed, 'warm calls go on').toBe(0);
    expect(await run.inventory(), 'nothing is lost, and nothing left over').toEqual(before);
  });

  it.each(['metadata', 'builder'] as const)('the disk of %s is full: changes are refused, and nothing is lost', async (disk) => {
    const before = await run.inventory();
    const folder = await writeFunction(await stack.workFolder('big'), {
      ...nodeFunction('big', 'return 1;'),
      'ballast.bin': randomBytes(1024 * 1024),
    });
    const made: string[] = [];
    const outcome = await run.inflict(diskFull(disk, FULL_MS), async () => {
      if (disk === 'metadata') made.push(...(await projectsUntilRefused()));
      const refused = await stack.plat(['deploy'], { cwd: folder });
      expect(refused.code).not.toBe(0);
      expect(refused.stderr).toMatch(/The disk .* is full/);
    });
    expect(outcome.healedMs, 'all is well again').toBeDefined();
    expect(outcome.counted.failed, 'warm calls go on').toBe(0);
    expect(await run.inventory(), 'nothing is lost, and nothing left over').toEqual(before);
    for (const name of made)
      expect((await stack.curl(`/api/projects/${name}`, { method: 'DELETE', headers: ADMIN })).status).toBe(204);
  }); // prettier-ignore

  /** The log of the database may have room of its own on a full disk: it is used up, and what was acknowledged is given back. */
  async function projectsUntilRefused(): Promise<string[]> {
    const made: string[] = [];
    while (made.length < 3000) {
      const name = `filler-${made.length}`;
      const answer = await stack.curl('/api/projects', {
        method: 'POST',
        body: JSON.stringify({ name }),
        headers: { ...ADMIN, 'content-type': 'application/json' },
      });
      if (answer.status !== 201) {
        expect(answer.text).toMatch(/The disk .* is full/);
        return made;
      }
      made.push(name);
    }
    throw new Error('The disk of the record did not get full.');
  }

  it.skipIf(noClock)('a clock that is stepped by an hour and back: who deploys meanwhile sees no difference', async () => {
    const before = await run.inventory();
    const folder = await writeFunction(await stack.workFolder('late'), nodeFunction('late', 'return Date.now();'));
    const outcome = await run.inflict(clock.stepped(STEPPED_MS), async () => {
      await expect.poll(hoursAhead, { timeout: 10_000 }).toBe(1);
      await stack.platOk(['deploy'], { cwd: folder });
      expect((await stack.curl('/function/late')).status).toBe(200);
    });
    expect(outcome.healedMs, 'all is well again').toBeDefined();
    expect(outcome.counted.failed, 'warm calls go on').toBe(0);
    await expect.poll(hoursAhead, { timeout: 10_000 }).toBe(0);
    expect((await stack.curl('/function/late')).status).toBe(200);
    await stack.platOk(['rm', 'late', '--yes']);
    await expect.poll(() => run.inventory(), { timeout: 30_000 }).toEqual(before);
  }); // prettier-ignore

  /** How far the gateway's clock is before ours, by the `date` of its answers. */
  async function hoursAhead(): Promise<number> {
    const { headers } = await stack.curl('/api/system');
    return Math.abs(Math.round((Date.parse(headers.get('date')!) - Date.now()) / 3_600_000));
  }

  it('two gateways answer alike, and when one restarts neither who may go to the other nor who goes by /readyz loses a call', async () => {
    const urls = [stack.url, `http://127.0.0.1:${secondPort}`];
    const ask = (url: string, route: string, method = 'GET') =>
      fetch(`${url}${route}`, {
        method,
        headers: { authorization: 'Bearer dev-token' },
        signal: AbortSignal.timeout(20_000),
      });
    const isOk = async (asked: Promise<Response>) => {
      const answer = await asked.catch(() => undefined);
      await answer?.body?.cancel();
      return answer?.status === 200;
    };
    const functions = async (url: string) => {
      const body = await (await ask(url, '/api/projects/default/functions')).json();
      return JSON.stringify(body).replaceAll(url, '');
    };
    expect(await functions(urls[1]!)).toBe(await functions(urls[0]!));
    const failed = { ofTwo: 0, ofReady: 0 };
    let isFirstReady = true;
    let wasUnready = false;
    const over = new AbortController();
    const again = async (everyMs: number, act: () => Promise<void>) => {
      for (; !over.signal.aborted; await pause(everyMs, over.signal)) await act();
    };
    const ofTwo = async () => {
      if (await isOk(ask(urls[0]!, '/function/steady'))) return;
      if (!(await isOk(ask(urls[1]!, '/function/steady')))) failed.ofTwo++;
    };
    /** As a balancer does: it sends to one that is ready, once, whatever comes of it. */
    const ofReady = async () => {
      if (!(await isOk(ask(urls[isFirstReady ? 0 : 1]!, '/function/steady', 'POST')))) failed.ofReady++;
    };
    const look = async () => {
      isFirstReady = await isOk(ask(urls[0]!, '/readyz'));
      wasUnready ||= !isFirstReady;
    };
    const clients = [
      again(100, look),
      ...Array.from({ length: 3 }, () => [again(20, ofTwo), again(20, ofReady)]).flat(),
    ];
    await stack.composeOk(['restart', 'api-gateway']);
    over.abort();
    await Promise.all(clients);
    expect({ ...failed, wasUnready }).toEqual({ ofTwo: 0, ofReady: 0, wasUnready: true });
    await expect
      .poll(() => functions(urls[0]!).catch(() => ''), { timeout: 20_000 })
      .toBe(await functions(urls[1]!));
  });

  it('and deploys afterwards as before', async () => {
    const folder = await writeFunction(
      await stack.workFolder('after'),
      nodeFunction('after', 'return "after";'),
    );
    await stack.platOk(['deploy'], { cwd: folder });
    expect((await stack.curl('/function/after')).text).toBe('"after"');
    await stack.platOk(['rm', 'after', '--yes']);
    await expect
      .poll(async () => (await containersOf(stack.name, 'default', 'after')).length, { timeout: 30_000 })
      .toBe(0);
  });
});
