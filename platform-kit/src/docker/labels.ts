import { readClaim, writeClaim, type Claim } from '../claim.ts';

/** The labels every instance carries, and the only way the platform finds what is its own. */
export const LABELS = {
  managed: 'plat.managed',
  /** The installation: two platforms on one engine never touch each other's containers. */
  namespace: 'plat.namespace',
  functionId: 'plat.function-id',
  project: 'plat.project',
  function: 'plat.function',
  version: 'plat.version',
  instance: 'plat.instance',
  port: 'plat.port',
  engine: 'plat.engine',
  spec: 'plat.spec',
  /** What the instance takes of the host while it runs. */
  claim: 'plat.claim',
  /** On what is no instance: what it is for. Such a container is never routed to, and only its maker removes it. */
  purpose: 'plat.purpose',
  /** On containers that were started without a function (see `pool-names.ts`): their runtime. */
  pool: 'plat.pool',
  /** On images: hash of everything that went into the build. */
  build: 'plat.build',
  /** On containers of the platform itself that join the networks of functions: the namespace. */
  member: 'plat.member',
} as const;

/** What {@link LABELS.purpose} says of the function-proxy's relay containers. */
export const RELAY_PURPOSE = 'relay';

/** Where an instance belongs, as its labels say. */
export type InstanceLabels = {
  functionId: string;
  project: string;
  function: string;
  version: number;
  instance: string;
  port: number;
  engine: string;
  spec: string;
  /** Instances from before it was written down have none. */
  claim?: Claim;
};

export function writeLabels(namespace: string, labels: InstanceLabels): Record<string, string> {
  return {
    [LABELS.managed]: 'true',
    [LABELS.namespace]: namespace,
    [LABELS.functionId]: labels.functionId,
    [LABELS.project]: labels.project,
    [LABELS.function]: labels.function,
    [LABELS.version]: String(labels.version),
    [LABELS.instance]: labels.instance,
    [LABELS.port]: String(labels.port),
    [LABELS.engine]: labels.engine,
    [LABELS.spec]: labels.spec,
    ...(labels.claim && { [LABELS.claim]: writeClaim(labels.claim) }),
  };
}

/** True for what this installation made; every list and every by-id operation asks this. */
export function isManaged(labels: Record<string, string> | undefined, namespace: string): boolean {
  return labels?.[LABELS.managed] === 'true' && labels[LABELS.namespace] === namespace;
}

/** The labels of one of our instances, or undefined when it is not ours or they are incomplete. */
export function readLabels(
  labels: Record<string, string> | undefined,
  namespace: string,
): InstanceLabels | undefined {
  if (!labels || !isManaged(labels, namespace)) return undefined;
  const version = wholeNumber(labels[LABELS.version]);
  const port = wholeNumber(labels[LABELS.port]);
  const functionId = labels[LABELS.functionId];
  const project = labels[LABELS.project];
  const functionName = labels[LABELS.function];
  const claim = readClaim(labels[LABELS.claim]);
  const instance = labels[LABELS.instance];
  if (!functionId || !project || !functionName || !instance || version === undefined || port === undefined)
    return undefined;
  return {
    functionId,
    project,
    function: functionName,
    version,
    instance,
    port,
    engine: labels[LABELS.engine] ?? 'docker',
    spec: labels[LABELS.spec] ?? '',
    ...(claim && { claim }),
  };
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
