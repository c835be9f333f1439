import { createServer } from 'node:net';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { drawUid, type Confinement } from '@plat/platform-kit/process/confinement.ts';
import type { ProcessInstance } from '@plat/platform-kit/process/process-state.ts';

/** Below the ports that the kernel gives to outgoing connections, which could take one between two runs. */
const PORTS = { first: 21_000, count: 11_000 };

/** What an instance has to itself: a port of loopback and, as root, a user id. */
export type Place = { port: number; uid: number | undefined };

/**
 * Gives out places. INVARIANT: a place is held from the moment it is given until `release`; from then on the files of the
 * instance say that it is taken.
 */
export class PlaceBook {
  readonly #confinement: Confinement;
  readonly #list: () => Promise<ProcessInstance[]>;
  readonly #held = new Set<Place>();

  constructor(confinement: Confinement, list: () => Promise<ProcessInstance[]>) {
    this.#confinement = confinement;
    this.#list = list;
  }

  /** Throws `unavailable` when all ports are taken. */
  async reserve(): Promise<Place> {
    const present = (await this.#list()).map(({ spec }) => spec);
    const offset = Math.floor(Math.random() * PORTS.count);
    for (let n = 0; n < PORTS.count; n++) {
      const port = PORTS.first + ((offset + n) % PORTS.count);
      const taken = [...present, ...this.#held];
      if (taken.some((place) => place.port === port)) continue;
      const uid = drawUid(this.#confinement, new Set(taken.flatMap((place) => place.uid ?? [])));
      const place = { port, uid };
      this.#held.add(place);
      if (await isFree(port)) return place;
      this.#held.delete(place);
    }
    throw new PlatformError('unavailable', 'This host has no free port for an instance.');
  }

  release(place: Place): void {
    this.#held.delete(place);
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
