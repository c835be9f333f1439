import type { Readable } from 'node:stream';
import { Router } from 'express';
import { API } from '@plat/platform-kit/api/api.ts';
import type { Budget } from '@plat/platform-kit/api/metrics-api.ts';
import { DeployForm, DeployOptions } from '@plat/platform-kit/api/versions-api.ts';
import { isDraftName } from '@plat/platform-kit/draft-name.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { resolveFunctionConfig, type FunctionConfig } from '@plat/platform-kit/function-config.ts';
import { requestId } from '@plat/platform-kit/http-server.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { toRolloutPlan, type RolloutPlan } from '@plat/platform-kit/rollout.ts';
import type { RuntimeManifest } from '@plat/platform-kit/runtime-manifest.ts';
import { assertFits, readBudget } from '../assert-fits.ts';
import { bindRoute } from '../bind-route.ts';
import { parsePart } from '../parse-part.ts';
import { assertSourceForm, readSourceForm } from '../source-form.ts';
import type { GatewayDeps } from '../gateway-deps.ts';

/** How long an upload may take from its first byte to the builder's answer. */
const UPLOAD_TIMEOUT_MS = 30 * 60_000;

/** What a configuration is held against. */
type Known = { manifests: readonly RuntimeManifest[]; budget: Budget | null };
/** What is to happen once the version is ready. */
type Release = { promote: boolean; rollout?: RolloutPlan };

export function deployRoutes({ config, metadata, builder, controller, runtimes }: GatewayDeps): Router {
  const router = Router();
  bindRoute(router, API.deploy, async ({ req, res, params: { project, name }, principal, once }) => {
    if (isDraftName(name))
      throw new PlatformError(
        'invalid',
        `name: names that start like "${name.slice(0, 11)}" belong to the platform.`,
        { details: { field: 'name', received: name } },
      );
    let known: Known = { manifests: [], budget: null };
    let resolved: FunctionConfig | undefined;
    let release: Release = { promote: true };
    const form = {
      sourceLimitBytes: config.SOURCE_LIMIT_BYTES,
      texts: {
        config: { isRequired: true, read: (text: string) => (resolved = readConfigPart(text, known)) },
        options: { read: (text: string) => (release = readOptions(text)) },
      },
      putSource: (archive: Readable, signal: AbortSignal) =>
        builder.putSource(archive, { timeoutMs: UPLOAD_TIMEOUT_MS, signal, requestId: requestId(res) }),
    } as const;
    assertSourceForm(req, form);
    await assertEngine(controller);
    const [manifests, budget] = await Promise.all([runtimes.list(), readBudget(controller)]);
    known = { manifests, budget };
    const source = await readSourceForm(req, form);
    await builder.checkSource(source.digest, resolved!);
    const version = await metadata.createVersion(project, name, {
      config: resolved!,
      sourceDigest: source.digest,
      sourceBytes: source.bytes,
      ...release,
      actor: principal.name,
      ...once([resolved, source.digest, release]),
    });
    res.location(`/api/projects/${project}/functions/${name}/versions/${version.number}`);
    return version;
  });
  return router;
}

/** A deploy that nothing can run is refused at once, so that a person sees why. */
async function assertEngine(controller: GatewayDeps['controller']): Promise<void> {
  const engine = await controller.engine();
  if (engine.available) return;
  throw new PlatformError(
    'unavailable',
    engine.problem ?? `The engine "${engine.engine}" is not available.`,
    {
      details: { retryAfterSeconds: 5, engine: engine.engine },
    },
  );
}

function readConfigPart(text: string, { manifests, budget }: Known): FunctionConfig {
  const given = parseInput(DeployForm.shape.config, parsePart('config', text), 'The configuration');
  const config = resolveFunctionConfig(given, manifests);
  assertFits(config, budget);
  return config;
}

function readOptions(text: string): Release {
  const { promote, rollout } = parseInput(DeployOptions, parsePart('options', text), 'Part "options"');
  return rollout ? { promote: false, rollout: toRolloutPlan(rollout) } : { promote };
}
