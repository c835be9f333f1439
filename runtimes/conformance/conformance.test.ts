import { rm } from 'node:fs/promises';
import path from 'node:path';
import Docker from 'dockerode';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadRuntimes } from '@plat/platform-kit/runtime-manifest.ts';
import { IDENTITY, type Bench } from './case.ts';
import { handlerCases } from './cases.ts';
import { createContainerLauncher } from './container-launcher.ts';
import { readFixture, writeFixtureSource } from './fixture.ts';
import type { Instance, PreparedFunction } from './launcher.ts';
import { createProcessLauncher } from './process-launcher.ts';
import { untilLoaded } from './waiting.ts';

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
    manifest.contract === 'handler' &&
    [undefined, manifest.id].includes(process.env.PLAT_CONFORMANCE_RUNTIME),
);

afterAll(() => launcher.close());

if (!hasEngine && mustRun) {
  it('runtime conformance needs a Docker engine, and none answers', () => {
    throw new Error(
      'No Docker engine answers, and PLAT_FORBID_SKIPS=1 forbids to skip the conformance suite.',
    );
  });
}

for (const runtime of runtimes) {
  const fixture = await readFixture(runtime);

  describe.skipIf(!hasEngine)(
    `the runtime ${runtime.manifest.id}${hasEngine ? '' : ' (skipped: no Docker engine answers)'}`,
    () => {
      let sourceFolder: string;
      let prepared: PreparedFunction;
      let shared: Instance;
      let own: Instance[] = [];

      const start: Bench['start'] = async (environment, { wait = true } = {}) => {
        const instance = await prepared.start({ ...IDENTITY, ...environment });
        own.push(instance);
        if (wait) await untilLoaded(instance);
        return instance;
      };

      beforeAll(async () => {
        sourceFolder = await writeFixtureSource(runtime, fixture);
        prepared = await launcher.prepare(runtime, sourceFolder);
        shared = await start({ PLAT_HANDLER: fixture.handler, PLAT_CONCURRENCY: '10' });
        own = [];
      });
      afterEach(async () => {
        await Promise.all(own.splice(0).map((instance) => instance.remove()));
      });
      afterAll(async () => {
        await shared?.remove();
        await prepared?.remove();
        if (sourceFolder) await rm(sourceFolder, { recursive: true, force: true });
      });

      // A case that a language cannot have is no skip: nothing would make it run. It has to be declared, with the reason.
      for (const [needed, reason] of Object.entries(fixture.lacks)) {
        it(`has no "${needed}": ${reason}`, () => {
          expect(handlerCases.flatMap(({ cases }) => cases.map(({ needs }) => needs))).toContain(needed);
          expect(reason).toMatch(/\w{3}/);
        });
      }

      for (const { title, cases } of handlerCases) {
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
