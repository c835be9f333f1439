import type { FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';

/** An instance that runs as a process. */
export type ProcessOf = { functionId: string; project: string; function: string; version: number };

export type MovePlan = {
  /** Versions to build as images, in this order. */
  rebuild: { functionId: string; version: number; name: string }[];
  /** What has not moved yet, for a person. */
  left: string[];
};

/**
 * What is still to be done until no function needs processes: images of every version that an alias names, that is being
 * started, or that runs; then the processes, which go by themselves once an instance of the new image is ready. Other
 * versions get their image when somebody wants them. Pure.
 */
export function planMove(input: {
  functions: Iterable<FunctionRecord>;
  processes: readonly ProcessOf[];
  /** Whether an image is one of the engine `process`. */
  isProcessImage: (imageId: string) => boolean;
}): MovePlan {
  const { processes, isProcessImage } = input;
  const rebuild: MovePlan['rebuild'] = [];
  const known = new Set<string>();
  for (const fn of input.functions) {
    const running = processes.filter(({ functionId }) => functionId === fn.id).map(({ version }) => version);
    for (const version of fn.versions) {
      known.add(`${fn.id}/${version.number}`);
      if (version.imageId === null || !isProcessImage(version.imageId)) continue;
      if (isWanted(fn, version) || running.includes(version.number))
        rebuild.push({
          functionId: fn.id,
          version: version.number,
          name: nameOf(fn.project, fn.name, version.number),
        });
    }
  }
  // Called by number: the record of the function does not hold them.
  for (const { functionId, project, function: name, version } of processes) {
    const key = `${functionId}/${version}`;
    if (known.has(key)) continue;
    known.add(key);
    rebuild.push({ functionId, version, name: nameOf(project, name, version) });
  }
  const names = processes.map(({ project, function: name, version }) => nameOf(project, name, version));
  return { rebuild, left: [...new Set([...rebuild.map(({ name }) => name), ...names])] };
}

function isWanted(fn: FunctionRecord, { state, number }: VersionRecord): boolean {
  if (state === 'starting') return true;
  const isNamed = fn.aliases.some(({ weights }) =>
    weights.some(({ version, weight }) => version === number && weight > 0),
  );
  return state === 'ready' && isNamed;
}

function nameOf(project: string, name: string, version: number): string {
  return `${project}/${name} version ${version}`;
}
