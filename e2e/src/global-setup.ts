import type { TestProject } from 'vitest/node';
import { docker } from './engine.ts';
import { REPOSITORY } from './platform.ts';
import { runProcess } from './run-process.ts';
import { beginRun, deadRuns, removeFolders } from './run.ts';
import { sharedBy, takeImages } from './stack-images.ts';
import { sweep } from './sweep.ts';

/** Before the first test and after the last: what a run makes on this machine goes with it, also that of a killed one. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  for (const run of deadRuns()) await removeRun(run);
  const run = beginRun();
  project.provide('run', run);
  // So that the start of the first platform is not the one that has to wait for it.
  const { code, stderr } = await runProcess(process.execPath, ['scripts/build-dashboard.mjs'], {
    cwd: REPOSITORY,
  });
  if (code !== 0) throw new Error(`The dashboard could not be built:\n${stderr}`);
  return () => removeRun(run);
}

async function removeRun(run: string): Promise<void> {
  const hasEngine = await docker.ping().then(() => true, () => false); // prettier-ignore
  if (hasEngine) await takeImages(sharedBy(run));
  const left = hasEngine ? await sweep(run) : [];
  if (left.length > 0) console.log(`Left by tests, and removed: ${left.join(', ')}`);
  await removeFolders(run);
}
