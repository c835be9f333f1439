import { runProcess } from './run-process.ts';
import { REPOSITORY } from './platform.ts';

/** Before the first platform starts, so that its start is not the one that has to wait for the build. */
export async function setup(): Promise<void> {
  const { code, stderr } = await runProcess(process.execPath, ['scripts/build-dashboard.mjs'], {
    cwd: REPOSITORY,
  });
  if (code !== 0) throw new Error(`The dashboard could not be built:\n${stderr}`);
}
