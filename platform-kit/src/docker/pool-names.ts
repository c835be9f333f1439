import { readClaim, writeClaim, type Claim } from '../claim.ts';
import { LABELS, isManaged, readLabels, type InstanceLabels } from './labels.ts';

/**
 * Containers of a pool start without a function, and labels of a running container never change. So which function one
 * has got stands in its name, which the engine lets change, keeps, lists and tells with every event:
 * `<namespace>-<project>-<function>-v<version>.<function id>.<instance>.<spec>`. Its labels say that it is of a pool.
 */

/** Where a container of a pool belongs, as its labels say, whoever has it. `spec`: hash of all that it was made with. */
export type PoolLabels = {
  project: string;
  runtime: string;
  /** What it takes of the host, with a function or without. */
  claim: Claim;
  instance: string;
  port: number;
  engine: string;
  spec: string;
};

export function writePoolLabels(namespace: string, labels: PoolLabels): Record<string, string> {
  return {
    [LABELS.managed]: 'true',
    [LABELS.namespace]: namespace,
    [LABELS.pool]: labels.runtime,
    [LABELS.project]: labels.project,
    [LABELS.claim]: writeClaim(labels.claim),
    [LABELS.instance]: labels.instance,
    [LABELS.port]: String(labels.port),
    [LABELS.engine]: labels.engine,
    [LABELS.spec]: labels.spec,
  };
}

/** The labels of one of our pools' containers, or undefined when it is none. */
export function readPoolLabels(
  labels: Record<string, string> | undefined,
  namespace: string,
): PoolLabels | undefined {
  if (!labels || !isManaged(labels, namespace)) return undefined;
  const runtime = labels[LABELS.pool];
  const project = labels[LABELS.project];
  const instance = labels[LABELS.instance];
  const port = Number(labels[LABELS.port]);
  const claim = readClaim(labels[LABELS.claim]);
  if (!runtime || !project || !instance || !claim || !Number.isInteger(port)) return undefined;
  const engine = labels[LABELS.engine] ?? 'docker';
  return { project, runtime, claim, instance, port, engine, spec: labels[LABELS.spec] ?? '' };
}

/** The name of a container of a pool that nobody has. */
export function poolName(namespace: string, { project, runtime, instance }: PoolLabels): string {
  return `${namespace}-${project}-pool-${runtime}-${instance.slice(-8)}`;
}

/** The name of a container of a pool that became an instance. */
export function assignedName(
  namespace: string,
  labels: Omit<InstanceLabels, 'port' | 'engine' | 'claim'>,
): string {
  const { project, function: name, version, functionId, instance, spec } = labels;
  return `${namespace}-${project}-${name}-v${version}.${functionId}.${instance}.${spec}`;
}

/**
 * Where an instance belongs, as its labels say or, of one that came from a pool, its name. Undefined when it is not ours,
 * and for a container of a pool that nobody has: it is no instance.
 */
export function readIdentity(
  { name, labels }: { name: string | undefined; labels: Record<string, string> | undefined },
  namespace: string,
): InstanceLabels | undefined {
  const pool = readPoolLabels(labels, namespace);
  if (!pool) return readLabels(labels, namespace);
  const prefix = `${namespace}-${pool.project}-`;
  const bare = name?.replace(/^\//, '');
  if (!bare?.startsWith(prefix)) return undefined;
  const found = /^(.+)-v(\d{1,9})\.([^.]+)\.([^.]+)\.([^.]*)$/.exec(bare.slice(prefix.length));
  if (!found) return undefined;
  const [, functionName, version, functionId, instance, spec] = found as unknown as string[];
  return {
    functionId: functionId!,
    project: pool.project,
    function: functionName!,
    version: Number(version),
    instance: instance!,
    port: pool.port,
    engine: pool.engine,
    spec: spec!,
    claim: pool.claim,
  };
}
