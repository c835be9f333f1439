import { BlockList, isIP } from 'node:net';

/** How the function-proxy gets to instances: by their addresses, or through the relay container. */
export type Way = 'direct' | 'relay';

/** What is known of the engine and of this host. */
export type WayFacts = {
  mode: 'auto' | 'always' | 'never';
  dockerHost: string | undefined;
  engine: { name?: string; operatingSystem?: string; securityOptions?: readonly string[] };
  /** The engine's bridge networks that matter, with the host's own address there as far as the engine says it. */
  networks: readonly { name: string; gateway: string | undefined; subnet: string | undefined }[];
  own: { name: string; addresses: readonly string[] };
};

/** `reason` is one clause of evidence, for the log and `plat doctor`. */
export type WayDecision = { way: Way; reason: string };

/**
 * Whether containers' addresses can be reached from here. In doubt the answer is the relay, which works everywhere and
 * costs speed, where the other would not work at all. Pure.
 */
export function decideWay(facts: WayFacts): WayDecision {
  const { mode, dockerHost, engine, networks, own } = facts;
  if (mode === 'always') return relay('RELAY is set to "always"');
  if (mode === 'never') return { way: 'direct', reason: 'RELAY is set to "never"' };
  const elsewhere = remoteHost(dockerHost, own.addresses);
  if (elsewhere) return relay(`the engine is on another machine (${elsewhere})`);
  if (engine.operatingSystem === 'Docker Desktop')
    return relay('the engine is Docker Desktop, whose containers are in a virtual machine');
  if (engine.securityOptions?.some((option) => /^name=rootless\b/.test(option)))
    return relay('the engine is rootless, its networks are in a namespace of their own');
  const strange = networks.find((network) => !isOn(network, own.addresses));
  if (strange)
    return relay(
      `the engine's network "${strange.name}" (${strange.gateway ?? strange.subnet ?? 'no address'}) is on no interface of this host`,
    );
  if (engine.name !== undefined && engine.name !== own.name)
    return relay(`the engine runs on "${engine.name}" and the function-proxy on "${own.name}"`);
  const [seen] = networks;
  return {
    way: 'direct',
    reason: seen
      ? `this host is on the engine's network "${seen.name}" (${seen.gateway ?? seen.subnet})`
      : 'the engine has no network yet',
  };
}

function relay(reason: string): WayDecision {
  return { way: 'relay', reason };
}

/** The host of an engine's address that is not this machine, as far as the address says. */
function remoteHost(dockerHost: string | undefined, own: readonly string[]): string | undefined {
  if (!dockerHost || dockerHost.startsWith('unix:') || !URL.canParse(dockerHost)) return undefined;
  const host = new URL(dockerHost.replace(/^tcp:/, 'http:')).hostname.replace(/^\[|\]$/g, '');
  const isHere = host === 'localhost' || host === '::1' || host.startsWith('127.') || own.includes(host);
  return isHere ? undefined : host;
}

function isOn(network: WayFacts['networks'][number], own: readonly string[]): boolean {
  const { gateway, subnet } = network;
  if (gateway) return own.includes(gateway);
  const [address = '', prefix] = (subnet ?? '').split('/');
  if (isIP(address) !== 4) return false;
  const range = new BlockList();
  range.addSubnet(address, Number(prefix));
  return own.some((candidate) => isIP(candidate) === 4 && range.check(candidate));
}
