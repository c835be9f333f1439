import { BlockList, isIPv4 } from 'node:net';

/** IPv4 addresses `first` … `first + size - 1`, as numbers. `size` is a power of two, and `first` a multiple of it. */
export type Block = { first: number; size: number };

/** `10.0.0.0/8` as a block; undefined for what is not IPv4 in this form, or has bits set behind its length. */
export function parseBlock(text: string): Block | undefined {
  const [address = '', bits = '', ...rest] = text.split('/');
  if (rest.length > 0 || !isIPv4(address) || !/^\d{1,2}$/.test(bits) || Number(bits) > 32) return undefined;
  const first = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  return first % size === 0 ? { first, size } : undefined;
}

export function formatBlock({ first, size }: Block): string {
  const parts = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${parts.join('.')}/${32 - Math.log2(size)}`;
}

export function contains(outer: Block, inner: Block): boolean {
  return inner.first >= outer.first && inner.first + inner.size <= outer.first + outer.size;
}

/** Subnets of `subnetSize` addresses in `pool` that overlap with none of `taken`, lowest first. */
export function* freeSubnets(pool: Block, subnetSize: number, taken: readonly Block[]): Generator<Block> {
  for (let first = pool.first; first < pool.first + pool.size; first += subnetSize) {
    const isTaken = taken.some(
      (block) => block.first < first + subnetSize && first < block.first + block.size,
    );
    if (!isTaken) yield { first, size: subnetSize };
  }
}

const PRIVATE = new BlockList();
PRIVATE.addSubnet('10.0.0.0', 8);
PRIVATE.addSubnet('172.16.0.0', 12);
PRIVATE.addSubnet('192.168.0.0', 16);
PRIVATE.addSubnet('100.64.0.0', 10);
PRIVATE.addSubnet('198.18.0.0', 15);

/** Whether all of a block is meant for networks of one's own (RFC 1918, RFC 6598, RFC 2544). */
export function isPrivate(block: Block): boolean {
  const address = (value: number) => formatBlock({ first: value, size: 1 }).split('/')[0]!;
  return PRIVATE.check(address(block.first)) && PRIVATE.check(address(block.first + block.size - 1));
}
