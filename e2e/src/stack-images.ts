import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { docker } from './engine.ts';
import { REPOSITORY } from './platform.ts';
import { runProcess } from './run-process.ts';
import { currentRun, runFolder } from './run.ts';

const FILES = ['docker-compose.yaml', 'proxy/without-traefik.yaml', 'proxy/second-gateway.yaml'];

/**
 * Gives a stack the images of its services. They are built once a run: two files that come first at once ask for the same
 * build, whose steps the engine carries out once.
 */
export async function giveImages(stack: string): Promise<void> {
  const source = sharedBy(currentRun());
  const built = path.join(runFolder(), 'images-built');
  if (!existsSync(built)) {
    const { code, stderr } = await runProcess(
      'docker',
      ['compose', '--profile', 'admin', 'build', '--quiet'],
      {
        cwd: REPOSITORY,
        env: { ...process.env, COMPOSE_FILE: FILES.join(':'), COMPOSE_PROJECT_NAME: source },
        timeoutMs: 280_000,
      },
    );
    if (code !== 0) throw new Error(`The images could not be built:\n${stderr}`);
    await writeFile(built, '');
  }
  for (const name of await imageNames(source))
    await docker
      .getImage(name)
      .tag({ repo: name.replace(source, stack).replace(/:latest$/, ''), tag: 'latest' });
}

/** The Compose project whose images are those of all stacks of a run. */
export const sharedBy = (run: string) => `${run}-images`;

/** Takes the names of a stack's images away, and with the last of them an image. */
export async function takeImages(stack: string): Promise<void> {
  for (const name of await imageNames(stack)) await docker.getImage(name).remove();
}

/** Of the images that Compose makes for a project: `<project>-<service>:latest`. */
async function imageNames(project: string): Promise<string[]> {
  const images = await docker.listImages({ filters: { reference: [`${project}-*:latest`] } });
  return images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => tag.startsWith(`${project}-`));
}
