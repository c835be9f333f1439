/** Something that others use for the same job, started for the benchmark on a port of loopback. */
export type Peer = { name: string; url: string; pids: () => Promise<number[]>; close: () => Promise<void> };

/** Why a peer cannot take part on this machine. */
export class PeerMissing extends Error {
  override name = 'PeerMissing';
}
