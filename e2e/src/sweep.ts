import { docker } from './engine.ts';

/**
 * Removes what a run of the tests made on the engine, with whatever its tests had no time to remove: what has a name or a
 * label that begins with the run's. Resolves with what it was.
 */
export async function sweep(run: string): Promise<string[]> {
  const isOurs = (names: readonly string[] = [], labels: Record<string, string> | null = {}) =>
    [...names, ...Object.entries(labels ?? {}).flat()].some((text) =>
      text.replace(/^\//, '').startsWith(run),
    );
  const removed: string[] = [];
  const remove = async (what: string, act: () => Promise<unknown>) => {
    await act().then(() => removed.push(what), () => undefined); // prettier-ignore
  };
  for (const { Id, Names, Labels } of await docker.listContainers({ all: true }))
    if (isOurs(Names, Labels))
      await remove(`container ${Names[0]}`, () => docker.getContainer(Id).remove({ force: true, v: true }));
  for (const { Id, Name, Labels } of await docker.listNetworks())
    if (isOurs([Name], Labels)) await remove(`network ${Name}`, () => docker.getNetwork(Id).remove());
  for (const { Name, Labels } of (await docker.listVolumes()).Volumes)
    if (isOurs([Name], Labels)) await remove(`volume ${Name}`, () => docker.getVolume(Name).remove());
  for (const { Id, RepoTags, Labels } of await docker.listImages()) {
    if (!isOurs(RepoTags ?? [], Labels)) continue;
    // One image may have names of ours and of others; without a name left, it goes by its id.
    const ours = (RepoTags ?? []).filter((tag) => tag.includes(run));
    const targets = ours.length > 0 ? ours : [Id];
    for (const target of targets)
      await remove(`image ${target}`, () => docker.getImage(target).remove({ force: true }));
  }
  return removed;
}
