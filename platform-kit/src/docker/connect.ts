import Docker from 'dockerode';
import { ConfigError } from '../config.ts';
import { PlatformError } from '../errors.ts';

/**
 * Connects to the engine that DOCKER_HOST names (`unix:///…`, `tcp://…`), or the usual socket. Makes no call yet. Throws
 * ConfigError for any other kind of address.
 */
export function connectDocker(dockerHost: string | undefined): Docker {
  if (!dockerHost) return new Docker({ socketPath: '/var/run/docker.sock' });
  if (dockerHost.startsWith('unix://')) return new Docker({ socketPath: dockerHost.slice(7) });
  const address = dockerHost.replace(/^tcp:/, 'http:');
  if (!/^http:\/\//.test(address) || !URL.canParse(address))
    throw new ConfigError(
      `DOCKER_HOST is "${dockerHost}"; expected unix:///path.sock or tcp://host:port. For an engine behind SSH, forward its socket (docs/relay.md).`,
    );
  const url = new URL(address);
  return new Docker({ host: url.hostname, port: Number(url.port || 2375), protocol: 'http' });
}

const AWAY = new Set([
  'ENOENT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EACCES',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** True when the engine could not be spoken to at all, as opposed to having answered with an error. */
export function isEngineAway(error: unknown): boolean {
  const { code, statusCode } = error as { code?: string; statusCode?: number };
  return statusCode === undefined && AWAY.has(code ?? '');
}

/** What to tell a person when the engine does not answer. */
export function engineAwayError(dockerHost: string | undefined, cause: unknown): PlatformError {
  const where = dockerHost ?? 'unix:///var/run/docker.sock';
  const denied = (cause as { code?: string }).code === 'EACCES';
  const advice = denied
    ? 'The socket may not be opened by this user; add the user to the group "docker".'
    : 'Start it (for example: systemctl start docker; scripts/setup-engine.sh on a bare Debian) and try again.';
  return new PlatformError('unavailable', `The Docker engine does not answer at ${where}. ${advice}`, {
    cause,
    details: { retryAfterSeconds: 5, reason: 'engine_unavailable' },
  });
}
