import { Router } from 'express';
import { API } from '@plat/platform-kit/api/api.ts';
import type { Budget } from '@plat/platform-kit/api/metrics-api.ts';
import { DeployForm, DeployOptions } from '@plat/platform-kit/api/versions-api.ts';
import { isDraftName } from '@plat/platform-kit/draft-name.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { resolveFunctionConfig, type FunctionConfig } from '@plat/platform-kit/function-config.ts';
import { requestId } from '@plat/platform-kit/http-server.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { toRolloutPlan } from '@plat/platform-kit/rollout.ts';
import type { RuntimeManifest } from '@plat/platform-kit/runtime-manifest.ts';
import { assertFits, readBudget } from '../assert-fits.ts';
import { bindRoute } from '../bind-route.ts';
import { assertDeployForm, readDeployForm, type Release } from '../deploy-form.ts';
import type { GatewayDeps } from '../gateway-deps.ts';

/** How long an upload may take from its first byte to the builder's answer. */
const UPLOAD_TIMEOUT_MS = 30 * 60_000;

export function deployRoutes({ config, metadata, builder, controller, runtimes }: GatewayDeps): Router {
  const router = Router();
  bindRoute(router, API.deploy, async ({ req, res, params: { project, name }, principal, once }) => {
    if (isDraftName(name))
      throw new PlatformError(
        'invalid',
        `name: names that start like "${name.slice(0, 11)}" belong to the platform.`,
        { details: { field: 'name', received: name } },
      );
    assertDeployForm(req, config.SOURCE_LIMIT_BYTES);
    await assertEngine(controller);
    const [manifests, budget] = await Promise.all([runtimes.list(), readBudget(controller)]);
    const form = await readDeployForm(req, {
      sourceLimitBytes: config.SOURCE_LIMIT_BYTES,
      readConfig: (text) => readConfigPart(text, { manifests, budget }),
      readOptions,
      putSource: (archive, signal) =>
        builder.putSource(archive, { timeoutMs: UPLOAD_TIMEOUT_MS, signal, requestId: requestId(res) }),
    });
    await builder.checkSource(form.source.digest, form.config);
    const version = await metadata.createVersion(project, name, {
      config: form.config,
      sourceDigest: form.source.digest,
      sourceBytes: form.source.bytes,
      ...form.release,
      actor: principal.name,
      ...once([form.config, form.source.digest, form.release]),
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

function readConfigPart(
  text: string,
  { manifests, budget }: { manifests: readonly RuntimeManifest[]; budget: Budget | null },
): FunctionConfig {
  const given = parseInput(DeployForm.shape.config, parseJson('config', text), 'The configuration');
  const config = resolveFunctionConfig(given, manifests);
  assertFits(config, budget);
  return config;
}

function readOptions(text: string): Release {
  const { promote, rollout } = parseInput(DeployOptions, parseJson('options', text), 'Part "options"');
  return rollout ? { promote: false, rollout: toRolloutPlan(rollout) } : { promote };
}

function parseJson(part: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PlatformError('invalid', `Part "${part}" is not valid JSON: ${(cause as Error).message}.`, {
      details: { part },
      cause,
    });
  }
}
