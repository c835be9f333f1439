/** What an instance takes of its host, as its limits say: MiB, cores, processes and threads. */
export type Claim = { memoryMb: number; cpus: number; pids: number };

export type Resource = keyof Claim;
export const RESOURCES = ['memoryMb', 'cpus', 'pids'] as const satisfies readonly Resource[];
/** Each resource as a sentence names it. */
export const RESOURCE_WORDS: Record<Resource, string> = {
  memoryMb: 'memory',
  cpus: 'CPU',
  pids: 'processes',
};
export const NOTHING: Claim = { memoryMb: 0, cpus: 0, pids: 0 };

/** Cores are fractions: sums of them are compared with this much play. */
const PLAY = 1e-6;

export function addClaims(a: Claim, b: Claim): Claim {
  return { memoryMb: a.memoryMb + b.memoryMb, cpus: a.cpus + b.cpus, pids: a.pids + b.pids };
}

export function subtractClaims(a: Claim, b: Claim): Claim {
  return { memoryMb: a.memoryMb - b.memoryMb, cpus: a.cpus - b.cpus, pids: a.pids - b.pids };
}

export function sumClaims(claims: Iterable<Claim>): Claim {
  let sum = NOTHING;
  for (const claim of claims) sum = addClaims(sum, claim);
  return sum;
}

/** Of what more is wanted than there is. */
export function shortOf(wanted: Claim, limits: Claim): Resource[] {
  return RESOURCES.filter((resource) => wanted[resource] > limits[resource] + PLAY);
}

/** The largest part of any resource: 1 is all of it. */
export function largestShare(claim: Claim, limits: Claim): number {
  return Math.max(...RESOURCES.map((resource) => claim[resource] / limits[resource]));
}

/** As it stands in a label. */
export function writeClaim({ memoryMb, cpus, pids }: Claim): string {
  return `memory=${memoryMb} cpus=${cpus} pids=${pids}`;
}

/** Undefined for anything else than `writeClaim` writes. */
export function readClaim(text: string | undefined): Claim | undefined {
  const match = /^memory=(\d{1,9}) cpus=(\d{1,5}(?:\.\d{1,9})?) pids=(\d{1,9})$/.exec(text ?? '');
  return match ? { memoryMb: Number(match[1]), cpus: Number(match[2]), pids: Number(match[3]) } : undefined;
}
