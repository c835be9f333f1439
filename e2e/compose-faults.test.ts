import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { poll } from '@plat/platform-kit/waiting.ts';
import { format, resolveConfig } from 'prettier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ComposeStack } from './src/compose-stack.ts';
import { containersOf, docker, engineProblem } from './src/engine.ts';
import { LONG_FAULTS, SHORT_FAULTS } from './src/faults.ts';
import { nodeFunction, writeFunction } from './src/function-folder.ts';
import { REPOSITORY } from './src/platform.ts';
import { Traffic, type Counted } from './src/traffic.ts';

const problem = await engineProblem();
const isWhole = process.env['FAULTS'] === 'whole';
const HEALED_WITHIN_MS = 60_000;

/** Each fault under constant warm traffic; `npm run test:faults` runs the whole list and writes `docs/reliability.md`. */
describe.skipIf(problem)('the Compose stack survives', () => {
  let stack: ComposeStack;
  let traffic: Traffic;
  let versions: string;
  const rows: { fault: string; counted: Counted; healedMs: number }[] = [];

  beforeAll(async () => {
    stack = await ComposeStack.create();
    await stack.composeOk(['build', '--quiet']);
    await stack.up();
    const folder = await writeFunction(
      await stack.workFolder('steady'),
      nodeFunction('steady', 'return "ok";', 'scale:\n  min: 1\n'),
    );
    await stack.platOk(['deploy'], { cwd: folder });
    versions = await listVersions();
    traffic = new Traffic(async () => {
      const response = await fetch(`${stack.url}/function/steady`, {
        headers: { authorization: 'Bearer dev-token' },
        signal: AbortSignal.timeout(3000),
      });
      await response.body?.cancel();
      return response.status === 200;
    }, 20);
  }, 300_000);

  afterAll(async () => {
    await traffic?.close();
    await stack?.remove();
    if (isWhole) await writeReport(rows);
  }, 120_000);

  it.each(isWhole ? LONG_FAULTS : SHORT_FAULTS)('$name', async (fault) => {
    const before = await instanceIds();
    traffic.take();
    await fault.inflict(stack);
    await new Promise((resolve) => setTimeout(resolve, fault.lastsMs));
    await fault.undo?.(stack);
    const undoneAt = Date.now();
    const healed = await poll(async () => ((await isAllWell()) ? true : undefined), {
      intervalMs: 200,
      timeoutMs: HEALED_WITHIN_MS,
    });
    const healedMs = Date.now() - undoneAt;
    const counted = traffic.take();
    rows.push({ fault: fault.name, counted, healedMs });
    console.log(
      `${fault.name}: ${counted.failed} of ${counted.requests} calls failed, all well after ${(healedMs / 1000).toFixed(1)} s`,
    );
    expect(healed, 'all is well again').toBe(true);
    if (fault.warmCalls === 'go on') expect(counted.failed, 'warm calls go on').toBe(0);
    expect(await listVersions(), 'nothing acknowledged is lost').toBe(versions);
    expect(await instanceIds(), 'instances are left alone, and none is left over').toEqual(before);
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

  async function isAllWell(): Promise<boolean> {
    const containers = await stack.containers();
    const healthy = [...containers.values()].filter((info) => info.State.Running);
    if (healthy.some((info) => info.State.Health?.Status !== 'healthy' || info.State.Paused)) return false;
    if (healthy.length < 6) return false;
    const system = await stack.curl('/api/system').catch(() => undefined);
    if (system?.status !== 200) return false;
    const { engine, services } = JSON.parse(system.text) as {
      engine: { available: boolean };
      services: { ok: boolean }[];
    };
    return (
      engine.available &&
      services.every((service) => service.ok) &&
      (await stack.curl('/function/steady')).status === 200
    );
  }

  async function instanceIds(): Promise<string[]> {
    const found = await docker.listContainers({
      all: true,
      filters: { label: [`plat.namespace=${stack.name}`] },
    });
    return found.map((container) => container.Id).sort();
  }

  async function listVersions(): Promise<string> {
    return (await stack.curl('/api/projects/default/functions/steady/versions')).text;
  }
});

async function writeReport(rows: { fault: string; counted: Counted; healedMs: number }[]): Promise<void> {
  const target = path.join(REPOSITORY, 'docs/reliability.md');
  const table = rows.map(
    ({ fault, counted, healedMs }) =>
      `| ${fault} | ${counted.failed} of ${counted.requests} | ${(counted.longestFailureMs / 1000).toFixed(1)} s | ${(healedMs / 1000).toFixed(1)} s |`,
  );
  const text = `# Reliability

What happens to warm calls, one after the other every 20 ms, while a part of the Compose stack fails. Written by \`npm run test:faults\`,
which also checks after each fault that no version is lost, that instances were left alone, and that nothing is left over.
"All well" means: every service healthy, the engine reachable, calls answered.

| fault | calls that failed | longest outage | all well after |
| --- | --- | --- | --- |
${table.join('\n')}
`;
  await writeFile(target, await format(text, { ...(await resolveConfig(target)), filepath: target }));
}
