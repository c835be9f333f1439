import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { zipSync } from 'fflate';
import { DraftForm, type DraftCall, type DraftInput } from '@plat/platform-kit/api/drafts-api.ts';
import type { AcceptedSource } from '@plat/platform-kit/clients/builder-client.ts';
import { resolveFunctionConfig, type FunctionConfig } from '@plat/platform-kit/function-config.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { assertFits, readBudget } from './assert-fits.ts';
import type { GatewayDeps } from './gateway-deps.ts';
import { parsePart } from './parse-part.ts';
import { assertSourceForm, isSourceForm, readSourceForm } from './source-form.ts';

/** How long an upload may take from its first byte to the builder's answer. */
const UPLOAD_TIMEOUT_MS = 5 * 60_000;
const CALL_LIMIT_BYTES = 1024 * 1024;

export type ReadDraft = { config: FunctionConfig; source: AcceptedSource; call: DraftCall };
type ReadDraftDeps = Pick<GatewayDeps, 'config' | 'builder' | 'controller' | 'runtimes'>;

/** A draft's code is at the builder afterwards, and its configuration complete. `body`: what came as JSON; else it is a form. */
export async function readDraft(
  deps: ReadDraftDeps,
  req: IncomingMessage,
  body: DraftInput | undefined,
  wanted: AbortSignal,
): Promise<ReadDraft> {
  const [manifests, budget] = await Promise.all([deps.runtimes.list(), readBudget(deps.controller)]);
  const resolve = (given: DraftInput['config']) => {
    const config = resolveFunctionConfig(
      { ...given, edge: 'off', keepBodies: 'off', scale: { min: 0 } },
      manifests,
    );
    assertFits(config, budget);
    return config;
  };
  if (body !== undefined && !isSourceForm(req)) {
    const { config: given, files, ...call } = body;
    const config = resolve(given);
    const archive = Readable.from([zip(files)]);
    const source = await deps.builder.putSource(archive, { timeoutMs: UPLOAD_TIMEOUT_MS, signal: wanted });
    return { config, source, call };
  }
  const { shape } = DraftForm;
  let config: FunctionConfig | undefined;
  const call: DraftCall = {};
  const part = (name: 'event' | 'request') => ({
    limitBytes: CALL_LIMIT_BYTES,
    read: (text: string) =>
      Object.assign(call, { [name]: parseInput(shape[name], parsePart(name, text), `Part "${name}"`) }),
  });
  const form = {
    sourceLimitBytes: deps.config.SOURCE_LIMIT_BYTES,
    texts: {
      config: {
        isRequired: true,
        read: (text: string) =>
          (config = resolve(parseInput(shape.config, parsePart('config', text), 'The configuration'))),
      },
      event: part('event'),
      request: part('request'),
    },
    putSource: (archive: Readable, signal: AbortSignal) =>
      deps.builder.putSource(archive, {
        timeoutMs: UPLOAD_TIMEOUT_MS,
        signal: AbortSignal.any([signal, wanted]),
      }),
  } as const;
  assertSourceForm(req, form);
  const source = await readSourceForm(req, form);
  return { config: config!, source, call };
}

function zip(files: DraftInput['files']): Buffer {
  const entries = Object.entries(files).map(([name, content]) => [
    name,
    typeof content === 'string' ? Buffer.from(content) : Buffer.from(content.base64, 'base64'),
  ]);
  return Buffer.from(zipSync(Object.fromEntries(entries) as Record<string, Uint8Array>, { level: 1 }));
}
