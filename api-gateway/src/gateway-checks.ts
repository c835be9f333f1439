import { randomBytes } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import os from 'node:os';
import type { CheckSpec, Finding } from '@plat/platform-kit/checks.ts';
import { COMPONENT } from './gateway-deps.ts';

/** What the gateway knows to look at: its names and its port, as callers see them. */
export function gatewayChecks(options: {
  domain: string;
  publicUrl: string;
  /** Another machine's network, the host's, is where the port is published: a loopback address there is not ours. */
  isInContainer: boolean;
}): CheckSpec[] {
  const { domain, publicUrl } = options;
  return [
    {
      id: 'port.public',
      title: 'The public address leads here',
      run: async (signal) =>
        options.isInContainer && isLoopbackName(new URL(publicUrl).hostname)
          ? {
              verdict: 'skip',
              evidence: `${publicUrl} is an address of the host, and the gateway runs in a container; see cli.reach.`,
            }
          : checkPublicUrl(publicUrl, signal),
    },
    {
      id: 'dns.wildcard',
      title: `Names under ${domain} lead here`,
      run: async () => {
        const name = `doctor-${randomBytes(3).toString('hex')}.${domain}`;
        return judgeName(name, await addressesOf(name), ownAddresses(), `make *.${domain} resolve to this machine (dnsmasq: address=/${domain}/127.0.0.1), or use *.localhost`); // prettier-ignore
      },
    },
    {
      id: 'dns.localhost',
      title: 'Names under localhost lead here',
      run: async () => {
        const name = `doctor-${randomBytes(3).toString('hex')}.localhost`;
        return judgeName(name, await addressesOf(name), ownAddresses(), 'nothing to do for browsers and curl, which know such names by themselves; for other programs install libnss-myhostname'); // prettier-ignore
      },
    },
  ];
}

/** A name that leads elsewhere may be right: a load balancer or another network card of the router. */
export function judgeName(
  name: string,
  addresses: readonly string[],
  own: readonly string[],
  remedy: string,
): Finding {
  if (addresses.length === 0) return { verdict: 'warn', evidence: `${name} has no address here.`, remedy };
  const list = addresses.join(', ');
  if (addresses.some((address) => own.includes(address) || address.startsWith('127.')))
    return { verdict: 'ok', evidence: `${name} is ${list}.` };
  return {
    verdict: 'warn',
    evidence: `${name} is ${list}, none of which is this machine's.`,
    remedy: `${remedy}; if a load balancer stands there, all is well`,
  };
}

async function checkPublicUrl(publicUrl: string, signal: AbortSignal): Promise<Finding> {
  try {
    const response = await fetch(`${publicUrl}/healthz`, { signal, redirect: 'error' });
    const body = (await response.json()) as { component?: unknown };
    if (body.component === COMPONENT) return { verdict: 'ok', evidence: `${publicUrl} answers.` };
    return { verdict: 'fail', evidence: `Something else answers at ${publicUrl}.`, remedy: 'set PUBLIC_URL to the address of this gateway' }; // prettier-ignore
  } catch (error) {
    const reason = (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).message;
    return {
      verdict: 'warn',
      evidence: `${publicUrl} cannot be reached from here (${reason}).`,
      remedy: 'set PUBLIC_URL to the address that callers use',
    };
  }
}

async function addressesOf(name: string): Promise<string[]> {
  return lookup(name, { all: true }).then(
    (found) => found.map(({ address }) => address),
    () => [],
  );
}

function ownAddresses(): string[] {
  return Object.values(os.networkInterfaces()).flatMap((cards) =>
    (cards ?? []).map(({ address }) => address),
  );
}

function isLoopbackName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || host.startsWith('127.');
}
