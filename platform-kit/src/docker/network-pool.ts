import { z } from 'zod';
import { isPrivate, parseBlock, type Block } from './subnets.ts';

/** Addresses of one project's network: 250 instances and the platform's own members. */
export const SUBNET_ADDRESSES = 256;

/** Where the networks of projects get their addresses: subnets of a pool, or undefined: wherever the engine takes them. */
export type NetworkPool = Block | undefined;

/**
 * The setting FUNCTIONS_NETWORK_POOL. The engine's own default pools hold about thirty networks, for everything on the
 * host; hence a pool of our own.
 */
export const NetworkPoolSetting = z
  .string()
  .transform((text, context): NetworkPool => {
    if (text === 'engine') return undefined;
    const block = parseBlock(text);
    if (block && isPrivate(block) && block.size >= SUBNET_ADDRESSES) return block;
    context.addIssue(
      'expected a private IPv4 network of at least 256 addresses such as "10.212.0.0/14", or "engine"',
    );
    return z.NEVER;
  })
  .prefault('10.212.0.0/14')
  .meta({
    description:
      'Private IPv4 network that projects get their networks from, 256 addresses each; it must not be in use around the host. `engine` leaves it to the engine, whose default pools end at about 30 networks.',
    default: '10.212.0.0/14',
  });
