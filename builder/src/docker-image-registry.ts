import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { Agent, request } from 'undici';
import { engineAwayError, isEngineAway } from '@plat/platform-kit/docker/connect.ts';
import { explainRegistry } from '@plat/platform-kit/docker/explain-registry.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { deadline } from '@plat/platform-kit/waiting.ts';
import { readEngineMessages } from './engine-messages.ts';
import type { ImageRegistry, RegistryManifest } from './image-registry.ts';

export type RegistryOptions = {
  docker: Docker;
  dockerHost: string | undefined;
  namespace: string;
  /** As this process reaches it. */
  url: string;
  /** `host:port`, as the engine reaches it. */
  engineHost: string;
  auth?: { username: string; password: string };
  caCertificate?: string;
};

const CALL_MS = 15_000;
const PAGE = 1000;
/** Repository and tag of what is pushed to see whether pushing works. */
const TRIAL = 'doctor';
/** What the engine pushes; without these the registry answers with the digest of a converted manifest. */
const MANIFEST_TYPES = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.index.v1+json',
].join(', ');

/** The distribution registry: the engine pushes, lists and deletions go to its HTTP API (Docker Registry HTTP API V2). */
export function createDockerImageRegistry(options: RegistryOptions): ImageRegistry {
  const { docker, namespace, engineHost } = options;
  const dispatcher = new Agent(options.caCertificate ? { connect: { ca: options.caCertificate } } : {});
  const authorization = options.auth
    ? `Basic ${Buffer.from(`${options.auth.username}:${options.auth.password}`).toString('base64')}`
    : undefined;
  const prefix = `${namespace}/`;

  async function call(method: 'GET' | 'HEAD' | 'DELETE', path: string, signal: AbortSignal) {
    try {
      const response = await request(`${options.url.replace(/\/$/, '')}${path}`, {
        method,
        dispatcher,
        headers: { accept: `application/json, ${MANIFEST_TYPES}`, ...(authorization && { authorization }) },
        signal: deadline(CALL_MS, signal),
      });
      const text = await response.body.text();
      if (response.statusCode === 404) return undefined;
      if (response.statusCode >= 400) throw new Error(`${method} ${path}: status ${response.statusCode}`);
      return { text, headers: response.headers };
    } catch (cause) {
      signal.throwIfAborted();
      const problem = describeCause(cause);
      throw new PlatformError(
        'unavailable',
        `The registry at ${options.url} does not do as asked (${problem}). ${explainRegistry(problem, engineHost)}`,
        { cause },
      );
    }
  }

  async function pushByEngine(name: string, tag: string, signal: AbortSignal): Promise<string> {
    const authconfig = { ...(options.auth ?? { username: '', password: '' }), serveraddress: engineHost };
    const stream = (await docker
      .getImage(name)
      .push({ tag, authconfig, abortSignal: signal })) as unknown as Readable;
    let digest: string | undefined;
    for await (const message of readEngineMessages(stream)) {
      if (message.error !== undefined) throw new Error(message.error);
      if (typeof message.aux === 'object') digest = message.aux.Digest ?? digest;
    }
    if (digest === undefined) throw new Error('the engine did not say under which digest');
    return digest;
  }

  async function pullByEngine(reference: string, signal: AbortSignal): Promise<void> {
    const authconfig = options.auth && { ...options.auth, serveraddress: engineHost };
    const stream = (await docker.pull(reference, { authconfig, abortSignal: signal })) as Readable;
    for await (const message of readEngineMessages(stream))
      if (message.error !== undefined) throw new Error(message.error);
  }

  const removeManifest = async (repository: string, digest: string, signal: AbortSignal): Promise<void> => {
    await call('DELETE', `/v2/${prefix}${repository}/manifests/${digest}`, signal);
  };

  return {
    host: engineHost,
    push: async ({ imageId, functionId, tag }, signal) => {
      const name = `${engineHost}/${prefix}${functionId}`;
      try {
        await docker.getImage(imageId).tag({ repo: name, tag, abortSignal: signal });
        return `${name}@${await pushByEngine(name, tag, signal)}`;
      } catch (cause) {
        signal.throwIfAborted();
        if (isEngineAway(cause)) throw engineAwayError(options.dockerHost, cause);
        throw new PlatformError(
          'unavailable',
          `The image is built, but it cannot be pushed to the registry at ${engineHost} (${describeCause(cause)}). ${explainRegistry(describeCause(cause), engineHost)} What runs goes on; deploy again then, the build is not repeated.`,
          { cause },
        );
      }
    },
    functionIds: async (signal) => {
      const found: string[] = [];
      for (let last = ''; ;) {
        const answer = await call('GET', `/v2/_catalog?n=${PAGE}&last=${encodeURIComponent(last)}`, signal);
        const { repositories } = JSON.parse(answer?.text ?? '{"repositories":[]}') as {
          repositories: string[];
        };
        found.push(...repositories);
        if (repositories.length < PAGE) break;
        last = repositories.at(-1)!;
      }
      return found
        .filter((name) => name.startsWith(prefix) && name !== `${prefix}${TRIAL}`)
        .map((name) => name.slice(prefix.length));
    },
    manifests: async (functionId, signal) => {
      const repository = `/v2/${prefix}${functionId}`;
      const answer = await call('GET', `${repository}/tags/list`, signal);
      const { tags } = JSON.parse(answer?.text ?? '{}') as { tags?: string[] | null };
      const found: RegistryManifest[] = [];
      for (const tag of tags ?? []) {
        const manifest = await call('HEAD', `${repository}/manifests/${tag}`, signal);
        const digest = manifest?.headers['docker-content-digest'];
        if (typeof digest === 'string') found.push({ functionId, tag, digest });
      }
      return found;
    },
    removeManifest,
    tryOut: async (imageId, signal) => {
      const name = `${engineHost}/${prefix}${TRIAL}`;
      const startedAt = performance.now();
      try {
        await docker.getImage(imageId).tag({ repo: name, tag: TRIAL, abortSignal: signal });
        const digest = await pushByEngine(name, TRIAL, signal);
        const pushedAt = performance.now();
        try {
          await pullByEngine(`${name}@${digest}`, signal);
        } finally {
          await removeManifest(TRIAL, digest, signal);
        }
        return {
          pushMs: Math.round(pushedAt - startedAt),
          pullMs: Math.round(performance.now() - pushedAt),
        };
      } finally {
        await docker
          .getImage(`${name}:${TRIAL}`)
          .remove()
          .catch(() => undefined);
      }
    },
  };
}

/** The whole chain: what the HTTP client says last is what the network said first. */
function describeCause(error: unknown): string {
  const { code, message, cause } = error as { code?: string; message?: string; cause?: unknown };
  const own = [code, message?.trim().replace(/\.$/, '')].filter(Boolean).join(' ');
  return cause === undefined ? own : `${own}: ${describeCause(cause)}`;
}
