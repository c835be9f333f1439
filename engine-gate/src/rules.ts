import type { NetworkPool } from '@plat/platform-kit/docker/network-pool.ts';
import type { EngineView } from './engine-view.ts';

/** A request to the engine as the rules see it. `body`: parsed JSON where the rule asks for it, else undefined. */
export type GateRequest = {
  params: string[];
  query: URLSearchParams;
  body: unknown;
};

/**
 * One kind of request that a service may make. `check` returns why this one is refused, or undefined; it may narrow
 * `query`. `readsBody`: the body is JSON, is read whole and passed on as it came.
 */
export type Rule = {
  method: string;
  path: RegExp;
  readsBody?: boolean;
  check?: (request: GateRequest, context: RuleContext) => string | undefined | Promise<string | undefined>;
};

/** `networkPool`: where new networks may have their subnet. */
export type RuleContext = { namespace: string; engine: EngineView; networkPool: NetworkPool };

/** Names, ids and image references; nothing that a path could be cut or climbed with. */
const PATH = /^(?:\/v\d+\.\d+)?((?:\/[A-Za-z0-9_.:@-]+)+)$/;

/** The path without the version of the API, or undefined when no engine path looks like this. */
export function enginePath(pathname: string): string | undefined {
  const path = PATH.exec(pathname)?.[1];
  return path?.split('/').some((part) => /^\.+$/.test(part)) ? undefined : path;
}

/** The first rule for a method and a path, with what its path captured. */
export function findRule(
  rules: readonly Rule[],
  method: string,
  path: string,
): { rule: Rule; params: string[] } | undefined {
  for (const rule of rules) {
    const match = rule.method === method ? rule.path.exec(path) : null;
    if (match) return { rule, params: match.slice(1) };
  }
  return undefined;
}
