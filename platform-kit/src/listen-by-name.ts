import type { Server } from 'node:http';
import { isIP } from 'node:net';
import os from 'node:os';
import type { CloseOptions } from './close-server.ts';
import { listen, type Running } from './http-server.ts';
import type { Logger } from './logging.ts';
import { pause } from './waiting.ts';

const EVERY_MS = 1000;

export type ListenByNameOptions = Partial<CloseOptions> & {
  logger: Logger;
  everyMs?: number;
  /** Addresses that this machine has; the operating system's by default. */
  ownAddresses?: () => readonly string[];
};

/**
 * `listen` for a host that is a name, and means one address of this machine: when that address is gone (a container was
 * taken off a network and put on it again), listens at the one that the name means then. `makeServer` is called for each.
 */
export async function listenByName(
  makeServer: () => Server,
  at: string,
  options: ListenByNameOptions,
): Promise<Running> {
  const { logger, everyMs = EVERY_MS, ownAddresses = addressesOfThisMachine, ...closing } = options;
  const first = await listen(makeServer(), at, closing);
  if (at.startsWith('unix:') || isIP(new URL(at).hostname.replace(/^\[|\]$/g, '')) !== 0) return first;
  const stop = new AbortController();
  let current = first;
  const watch = async () => {
    for (await pause(everyMs, stop.signal); !stop.signal.aborted; await pause(everyMs, stop.signal)) {
      if (ownAddresses().includes(hostOf(current.url))) continue;
      // While the name means nothing, or nothing of this machine, there is nowhere to listen.
      const next = await listen(makeServer(), at, closing).catch(() => undefined);
      if (!next || hostOf(next.url) === hostOf(current.url)) {
        await next?.close();
        continue;
      }
      logger.warn({ from: current.url, to: next.url }, 'the address has changed, listening at the new one');
      const former = current;
      current = next;
      // Nobody can reach it any more, so there is nothing to drain but what was begun.
      void former.close();
    }
  };
  const watching = watch();
  return {
    url: first.url,
    close: async () => {
      stop.abort();
      await watching;
      await current.close();
    },
  };
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}

function addressesOfThisMachine(): string[] {
  return Object.values(os.networkInterfaces()).flatMap((cards) =>
    (cards ?? []).map(({ address }) => address),
  );
}
