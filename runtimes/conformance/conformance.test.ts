import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Docker from 'dockerode';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadRuntimes, type Runtime } from '@plat/platform-kit/runtime-folder.ts';
import { IDENTITY, type Bench } from './case.ts';
import { casesOf } from './cases.ts';
import { genericCases } from './cases-generic.ts';
import { createContainerLauncher } from './container-launcher.ts';
import { readFixture, writeFixtureSource, type Variant } from './fixture.ts';
import type { Instance, PreparedFunction } from './launcher.ts';
import { createProcessLauncher } from './process-launcher.ts';
import { readCode, specialize, untilGeneric, type Code } from './specialize.ts';
import { untilAnswering, untilLoaded } from './waiting.ts';

// PLAT_CONFORMANCE=process runs the servers without containers; PLAT_CONFORMANCE_RUNTIME=<id> runs one runtime only.
const asProcess = process.env.PLAT_CONFORMANCE === 'process';
const docker = new Docker();
const hasEngine =
  asProcess ||
  (await docker.ping().then(
    () => true,
    () => false,
  ));
const mustRun = process.env.PLAT_FORBID_SKIPS === '1';
const launcher = asProcess ? createProcessLauncher() : createContainerLauncher(docker);
const runtimes = (await loadRuntimes(path.resolve(import.meta.dirname, '..'))).filter(
  ({ manifest }) =>
    // Contract http runs whatever server the image holds; there is no image here.
    !(asProcess && manifest.contract === 'http') &&
    [undefined, manifest.id].includes(process.env.PLAT_CONFORMANCE_RUNTIME),
);

/** Begun all at once: most of a build is waiting. */
const preparations = new Map<string, Promise<PreparedFunction>>();
let folder: string;

beforeAll(async () => {
  if (!hasEngine) return;
  folder = await mkdtemp(path.join(tmpdir(), 'plat-fixtures-'));
  for (const runtime of runtimes) {
    const preparing = prepareFixture(runtime);
    preparing.catch(() => {});
    preparations.set(runtime.manifest.id, preparing);
  }
});
afterAll(async () => {
  await Promise.allSettled(preparations.values());
  await launcher.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function prepareFixture(runtime: Runtime): Promise<PreparedFunction> {
  const target = path.join(folder, runtime.manifest.id);
  await writeFixtureSource(runtime, await readFixture(runtime), target);
  return launcher.prepare(runtime, target);
}

if (!hasEngine && mustRun) {
  it('runtime conformance needs a Docker engine, and none answers', () => {
    throw new Error(
      'No Docker engine answers, and PLAT_FORBID_SKIPS=1 forbids to skip the conformance suite.',
    );
  });
}

/** As its image is, and, where that can be, given its code when it runs already. */
const ways = runtimes.flatMap((runtime) => [
  { runtime, isSpecialized: false },
  ...(runtime.manifest.pool ? [{ runtime, isSpecialized: true }] : []),
]);

/** Node.js erases types from 22.18 on; that of this host runs the servers only when they have no image. */
const { typescript } = process.features as { typescript?: string | false };
const lacksTypeScript = asProcess && !typescript;

for (const { runtime, isSpecialized } of ways) {
  const { variants, ...rest } = await readFixture(runtime);
  const needsMore = ({ needs }: Variant) => needs === 'typescript' && lacksTypeScript;
  const fixture = { ...rest, variants: variants.filter((variant) => !needsMore(variant)) };
  const { contract } = runtime.manifest;
  const groups = casesOf[contract];

  describe.skipIf(!hasEngine)(
    `the runtime ${runtime.manifest.id}${isSpecialized ? ', specialised' : ''}${hasEngine ? '' : ' (skipped: no Docker engine answers)'}`,
    () => {
      let prepared: PreparedFunction;
      let code: Code;
      let shared: Instance;
      let own: Instance[] = [];

      const start: Bench['start'] = async (environment, { wait = true } = {}) => {
        const env = { ...IDENTITY, ...environment };
        const instance = await (isSpecialized ? prepared.startGeneric() : prepared.start(env));
        own.push(instance);
        if (isSpecialized) {
          await untilGeneric(instance);
          expect((await specialize(instance, code, env)).status).toBe(202);
        }
        if (wait) await (contract === 'http' ? untilAnswering : untilLoaded)(instance);
        return instance;
      };

      beforeAll(async () => {
        prepared = await preparations.get(runtime.manifest.id)!;
        code = await readCode(path.join(folder, runtime.manifest.id));
        shared = await start({ PLAT_HANDLER: fixture.handler, PLAT_CONCURRENCY: '10' });
        own = [];
      });
      afterEach(async () => {
        await Promise.all(own.splice(0).map((instance) => instance.remove()));
      });
      afterAll(async () => {
        await shared?.remove();
        if (isSpecialized || !runtime.manifest.pool) await prepared?.remove();
      });

      if (isSpecialized) {
        describe('without its code', () => {
          for (const { name, check } of genericCases) {
            it(name, async () => {
              const instance = await prepared.startGeneric();
              own.push(instance);
              await untilGeneric(instance);
              await check({ instance, fixture, code });
            });
          }
        });
      }

      // A case that a language cannot have is no skip: nothing would make it run. It has to be declared, with the reason.
      for (const [needed, reason] of Object.entries(fixture.lacks)) {
        it(`has no "${needed}": ${reason}`, () => {
          expect(groups.flatMap(({ cases }) => cases.map(({ needs }) => needs))).toContain(needed);
          expect(reason).toMatch(/\w{3}/);
        });
      }

      for (const { name } of variants.filter(needsMore)) {
        it.skip(
          `${name} (skipped: TypeScript needs Node.js 22.18 or later, and this host has ${process.version})`,
        );
      }

      for (const { title, cases } of groups) {
        describe(title, () => {
          for (const { name, needs, check } of cases) {
            if (needs === undefined || fixture.lacks[needs] === undefined) {
              it(name, () => check({ shared, fixture, start }));
            }
          }
        });
      }
    },
  );
}
