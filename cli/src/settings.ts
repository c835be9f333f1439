import { CliError } from './cli-error.ts';
import type { Environment } from './environment.ts';
import type { ProjectIdentity } from './project-identity.ts';
import { DEFAULT_CONTEXT, type UserConfig } from './user-config.ts';

export const DEFAULT_URL = 'http://localhost:8080';
export const DEFAULT_PROJECT = 'default';

export type SettingFlags = {
  apiUrl?: string | undefined;
  token?: string | undefined;
  context?: string | undefined;
  project?: string | undefined;
};

export type Settings = {
  /** The gateway, without a slash at the end. */
  url: string;
  token: string | undefined;
  project: string;
  contextName: string;
};

/**
 * Flag > project file > environment > context > default; a context that was named by flag stands above the
 * environment. A token that is stored for one address is never sent to another. The development token is taken only on
 * this machine's own addresses, and only when no token is set anywhere.
 */
export function resolveSettings(from: {
  flags: SettingFlags;
  projectFile: ProjectIdentity;
  environment: Environment;
  userConfig: UserConfig;
}): Settings {
  const { flags, projectFile, environment, userConfig } = from;
  const contextName = flags.context ?? userConfig.currentContext;
  const known = userConfig.contexts[contextName];
  if (flags.context !== undefined && !known) {
    const names = Object.keys(userConfig.contexts);
    throw new CliError('usage', `There is no context "${flags.context}".`, {
      hint: names.length
        ? `Known contexts: ${names.join(', ')}.`
        : 'Make one with `plat login --url URL --context NAME`.',
    });
  }
  const named = flags.context === undefined ? undefined : known;
  const url = checkUrl(flags.apiUrl ?? named?.url ?? environment.apiUrl ?? known?.url ?? DEFAULT_URL);
  const stored = known && sameOrigin(known.url, url) ? known.token : undefined;
  return {
    url,
    token:
      flags.token ??
      (named ? stored : undefined) ??
      environment.token ??
      stored ??
      (isLoopback(url) ? 'dev-token' : undefined),
    project: flags.project ?? projectFile.project ?? environment.project ?? known?.project ?? DEFAULT_PROJECT,
    contextName: known ? contextName : DEFAULT_CONTEXT,
  };
}

/** Takes `http(s)://host[:port][/path]`; throws a usage error for anything else. */
export function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username || url.password) {
    throw new CliError('usage', `${JSON.stringify(text)} is not the address of a gateway.`, {
      hint: `Expected http://host:port or https://host, such as ${DEFAULT_URL}.`,
    });
  }
  return url.href.replace(/\/+$/, '');
}

export function isLoopback(url: string): boolean {
  const host = new URL(url).hostname;
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
  );
}

function sameOrigin(a: string, b: string): boolean {
  return URL.canParse(a) && new URL(a).origin === new URL(b).origin;
}
