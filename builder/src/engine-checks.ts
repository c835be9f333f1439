import type Docker from 'dockerode';
import type { Finding } from '@plat/platform-kit/checks.ts';
import { engineAwayError, isEngineAway } from '@plat/platform-kit/docker/connect.ts';
import { pingEngine } from '@plat/platform-kit/docker/ping-engine.ts';

const PULL_CHECK_MS = 5000;

export async function checkBuildKit(dockerHost: string | undefined, signal: AbortSignal): Promise<Finding> {
  const { builderVersion, apiVersion } = await pingEngine(dockerHost, signal).catch((error: unknown) => {
    throw isEngineAway(error) ? engineAwayError(dockerHost, error) : error;
  });
  if (builderVersion === '2')
    return { verdict: 'ok', evidence: `BuildKit is the builder (API ${apiVersion}).` };
  return {
    verdict: 'fail',
    evidence: `The engine names builder version ${builderVersion ?? 'none'}; BuildKit is 2.`,
    remedy: 'install Docker Engine 23 or newer with buildx',
  };
}

/**
 * Whether builds find the images they start from: on the engine, or in the registry they are named after (asked for
 * the manifest only). Missing ones fail a runtime that is in use, and are a warning for others.
 */
export async function checkBaseImages(
  docker: Docker,
  names: readonly string[],
  { isUsed, signal }: { isUsed: boolean; signal: AbortSignal },
): Promise<Finding> {
  const states = await Promise.all(names.map((name) => stateOf(docker, name, signal)));
  const of = (state: ImageState) => names.filter((_, i) => states[i] === state);
  const parts = [
    ...(of('present').length ? [`On the engine: ${of('present').join(', ')}.`] : []),
    ...(of('pullable').length ? [`Pulled by the first build: ${of('pullable').join(', ')}.`] : []),
    ...(of('missing').length
      ? [`Neither on the engine nor in a registry: ${of('missing').join(', ')}.`]
      : []),
  ];
  const evidence = parts.join(' ') || 'It starts from no image.';
  if (of('missing').length === 0) return { verdict: 'ok', evidence };
  const [absent] = of('missing');
  return {
    verdict: isUsed ? 'fail' : 'warn',
    evidence,
    remedy: `docker pull ${absent!}, or scripts/make-base-images.sh without a registry (docs/air-gapped.md)`,
  };
}

type ImageState = 'present' | 'pullable' | 'missing';

async function stateOf(docker: Docker, name: string, signal: AbortSignal): Promise<ImageState> {
  const image = docker.getImage(name);
  try {
    await image.inspect();
    return 'present';
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 404) throw error;
  }
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'missing'>((resolve) => {
    timer = setTimeout(() => resolve('missing'), PULL_CHECK_MS);
    signal.addEventListener('abort', () => resolve('missing'), { once: true });
  });
  const asked = image.distribution().then(
    () => 'pullable' as const,
    () => 'missing' as const,
  );
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}
