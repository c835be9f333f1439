import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ComposeStack } from './src/compose-stack.ts';
import { engineProblem } from './src/engine.ts';
import { isWholeRun, writeFaultTable } from './src/fault-report.ts';
import { FaultRun } from './src/fault-run.ts';
import { engineRestarted, hung, killed, type Fault } from './src/faults.ts';
import { nodeFunction, writeFunction } from './src/function-folder.ts';

const problem = await engineProblem();
const PASSWORD = 'only-for-this-test';
const POSTGRES_URL = `postgres://plat:${PASSWORD}@postgres:5432/plat`;
const GONE_MS = isWholeRun ? 30_000 : 8000;

const GONE: Fault = {
  name: `gone for ${GONE_MS / 1000} s: PostgreSQL`,
  warmCalls: 'go on',
  lastsMs: GONE_MS,
  inflict: async (stack) => void (await stack.composeOk(['kill', 'postgres'])),
  undo: (stack) => stack.up('postgres'),
};
const OTHERS: Fault[] = [
  killed(['postgres'], 'go on'),
  hung('postgres', 'go on', isWholeRun ? 30_000 : 3000),
  ...(isWholeRun ? [killed(['metadata-service', 'postgres'], 'go on'), engineRestarted()] : []),
];

/** The profile `postgres`: the way there from SQLite, and what happens when the database fails. */
describe.skipIf(problem)('the Compose stack on PostgreSQL', () => {
  let stack: ComposeStack;
  let run: FaultRun;

  const admin = (...args: string[]) => stack.composeOk(['run', '--rm', '--no-TTY', 'admin', ...args]);
  const describeSteady = async () => (await stack.platOk(['describe', 'steady', '-o', 'json'])).stdout;
  const call = async (name: string) => (await stack.curl(`/function/${name}`)).text;

  beforeAll(async () => {
    stack = await ComposeStack.create();
    await stack.up();
    run = await FaultRun.begin(stack);
  }, 300_000);
  afterAll(async () => {
    await run?.close();
    await stack?.remove();
    await writeFaultTable('PostgreSQL', run?.outcomes ?? []);
  }, 120_000);

  it('takes the record over from SQLite, while functions are called', async () => {
    const before = await describeSteady();
    const moved = await run.inflict({
      name: 'moved from SQLite to PostgreSQL',
      warmCalls: 'go on',
      lastsMs: 0,
      inflict: async () => {
        Object.assign(stack.settings, { COMPOSE_PROFILES: 'postgres', POSTGRES_PASSWORD: PASSWORD });
        await stack.up('postgres');
        await stack.composeOk(['stop', '--timeout', '20', 'metadata-service']);
        const { stdout } = await admin('migrate-store', '--from', 'sqlite:/app/data/plat.db', '--to', POSTGRES_URL);
        expect(stdout).toMatch(/versions +1/);
        stack.settings['DATABASE_URL'] = POSTGRES_URL;
        // Compose would make every service anew that depends on this one.
        await stack.up('--no-deps', 'metadata-service');
      },
    });
    expect(moved.counted.failed, 'warm calls go on').toBe(0);
    expect(await describeSteady()).toBe(before);
    const { stdout } = await stack.platOk(['doctor', '-o', 'json']);
    expect(stdout).toContain('postgres lists 1 project(s)');
  }); // prettier-ignore

  it('deploys and calls, and keeps all of it over a restart of the database', async () => {
    const folder = await writeFunction(await stack.workFolder('more'), nodeFunction('more', 'return "more";'));
    await stack.platOk(['deploy'], { cwd: folder });
    expect(await call('more')).toBe('"more"');
    await stack.composeOk(['restart', '--timeout', '20', 'postgres']);
    await stack.up('--no-deps', 'postgres');
    expect((await stack.platOk(['ls'])).stdout).toContain('more');
  }); // prettier-ignore

  it('gone under traffic: warm calls go on, changes say so, and nothing acknowledged is lost', async () => {
    const before = await run.inventory();
    const outcome = await run.inflict(GONE, async () => {
      const refused = await stack.curl('/api/projects', {
        method: 'POST',
        body: JSON.stringify({ name: 'too-late' }),
        headers: { authorization: 'Bearer dev-token', 'content-type': 'application/json' },
      });
      expect(refused.status).toBe(503);
      expect(refused.text).toContain('database');
    });
    expect(outcome.healedMs, 'all is well again').toBeDefined();
    expect(outcome.counted.failed, 'warm calls go on').toBe(0);
    expect(await run.inventory()).toEqual(before);
    expect((await stack.platOk(['projects', 'ls'])).stdout).not.toContain('too-late');
  }); // prettier-ignore

  it.each(OTHERS)('$name', async (fault) => {
    const before = await run.inventory();
    const outcome = await run.inflict(fault);
    expect(outcome.healedMs, 'all is well again').toBeDefined();
    if (fault.warmCalls === 'go on') expect(outcome.counted.failed, 'warm calls go on').toBe(0);
    expect(await run.inventory()).toEqual(before);
  });

  it('is backed up while it runs, and restored into an installation that has nothing', async () => {
    const folder = path.join(stack.folder, 'backups');
    await mkdir(folder);
    await chmod(folder, 0o777);
    const mount = ['run', '--rm', '--no-TTY', '--volume', `${folder}:/backups`];
    await stack.composeOk([...mount, 'admin', 'backup', '--out', '/backups/plat.tar.gz']);
    const other = await ComposeStack.create({ COMPOSE_PROFILES: 'postgres', POSTGRES_PASSWORD: PASSWORD, DATABASE_URL: POSTGRES_URL });
    try {
      await other.composeOk([...mount, 'admin', 'restore', '/backups/plat.tar.gz']);
      await other.up();
      expect((await other.curl('/function/steady')).text).toBe('"ok"');
    } finally {
      await other.remove();
    }
    expect(await call('steady')).toBe('"ok"');
  }); // prettier-ignore
});
