import { hash } from 'node:crypto';
import type { Replica } from '@plat/platform-kit/change-feed.ts';
import type { Change, Principal, TokenRecord } from '@plat/platform-kit/domain.ts';

export type Lookup =
  { found: 'valid'; principal: Principal } | { found: 'expired' | 'unknown' | 'not_read_yet' };

export function hashSecret(secret: string): string {
  return hash('sha256', secret);
}

/**
 * Who a secret belongs to, from memory: the bootstrap administrator's, and the tokens as the change feed tells them.
 * Only hashes are kept, so a lookup's time says nothing about the secrets.
 */
export class Principals {
  readonly #byHash = new Map<string, TokenRecord>();
  readonly #byId = new Map<string, TokenRecord>();
  readonly #bootstrapHash: string;
  #read = false;

  constructor(options: { authToken: string }) {
    this.#bootstrapHash = hashSecret(options.authToken);
  }

  reset(replica: Replica): void {
    this.#byHash.clear();
    this.#byId.clear();
    for (const token of replica.tokens.values()) this.put(token);
    this.#read = true;
  }

  apply(change: Change): void {
    if (change.kind !== 'token') return;
    if (change.value === null) this.remove(change.key);
    else this.put(change.value);
  }

  put(token: TokenRecord): void {
    this.remove(token.id);
    this.#byHash.set(token.hash, token);
    this.#byId.set(token.id, token);
  }

  remove(tokenId: string): void {
    const known = this.#byId.get(tokenId);
    if (!known) return;
    this.#byId.delete(tokenId);
    this.#byHash.delete(known.hash);
  }

  /** Whether a principal that was found earlier would be found again. */
  isValid(principal: Principal, now: number = Date.now()): boolean {
    if (principal.id === BOOTSTRAP.principal.id) return true;
    const token = this.#byId.get(principal.id);
    return token !== undefined && (token.expiresAt === null || Date.parse(token.expiresAt) > now);
  }

  find(secret: string, now: number = Date.now()): Lookup {
    const secretHash = hashSecret(secret);
    if (secretHash === this.#bootstrapHash) return BOOTSTRAP;
    const token = this.#byHash.get(secretHash);
    if (!token) return { found: this.#read ? 'unknown' : 'not_read_yet' };
    if (token.expiresAt !== null && Date.parse(token.expiresAt) <= now) return { found: 'expired' };
    const { id, name, role, project, expiresAt } = token;
    return { found: 'valid', principal: { id, name, role, project, expiresAt } };
  }
}

const BOOTSTRAP = {
  found: 'valid',
  principal: { id: 'bootstrap', name: 'admin', role: 'admin', project: null, expiresAt: null },
} as const satisfies Lookup;
