import type { EngineInfo } from '@plat/platform-kit/clients/controller-client.ts';
import type { FunctionRecord, TokenRecord } from '@plat/platform-kit/domain.ts';
import type { FunctionConfig } from '@plat/platform-kit/function-config.ts';

/** Answers of the gateway that are not records themselves; `docs/api.md` says what they promise. */
export type Page<T> = { items: T[]; next: string | null };

export type FunctionView = FunctionRecord & {
  url: string;
  host: string | null;
  hostUrl: string | null;
  live: FunctionConfig | null;
  status: 'stopped' | 'deploying' | 'failed' | 'active';
};

export type TokenView = Omit<TokenRecord, 'hash'>;

export type SystemView = {
  version: string;
  domain: string;
  publicUrl: string;
  engine: EngineInfo;
  services: { name: string; ok: boolean; problem: string | null }[];
  limits: Record<string, unknown>;
};
