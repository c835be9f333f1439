import { stat } from 'node:fs/promises';
import { lookup } from 'node:dns/promises';
import type { CheckSpec, Finding } from '@plat/platform-kit/checks.ts';
import { DEFAULT_URL, isLoopback } from './settings.ts';
import { userConfigPath } from './user-config.ts';

export type LocalFacts = {
  url: string;
  configFolder: string;
  cliVersion: string;
  /** Undefined when the platform could not be asked. */
  platformVersion: string | undefined;
  /** The platform's domain, where it is known. */
  domain: string | undefined;
};

/** What can be seen from the user's own machine. */
export function localChecks(facts: LocalFacts): CheckSpec[] {
  const { url, configFolder, cliVersion, platformVersion, domain } = facts;
  return [
    { id: 'cli.reach', title: 'The platform can be reached from here', run: (signal) => checkReach(url, signal) },
    { id: 'cli.version', title: 'Command line and platform go together', run: async () => judgeVersions(cliVersion, platformVersion) },
    { id: 'cli.config', title: 'The configuration is readable by its owner only', run: () => checkConfigMode(configFolder) },
    { id: 'cli.names', title: 'Names of functions resolve here', run: () => checkNames(url, domain) },
  ]; // prettier-ignore
}

async function checkReach(url: string, signal: AbortSignal): Promise<Finding> {
  try {
    const response = await fetch(`${url}/healthz`, { signal });
    const body = (await response.json().catch(() => undefined)) as { component?: unknown } | undefined;
    if (body?.component === 'api-gateway') return { verdict: 'ok', evidence: `A gateway answers at ${url}.` };
    return {
      verdict: 'fail',
      evidence: `Something answers at ${url}, but it is no gateway (status ${response.status}).`,
      remedy: 'set the address with --api-url, API_URL or plat config set url',
    };
  } catch (error) {
    const reason = (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).message;
    return {
      verdict: 'fail',
      evidence: `Nothing answers at ${url} (${reason}).`,
      remedy: isLoopback(url)
        ? 'start Plat: npm start, or docker compose up -d, in its folder'
        : `start Plat there, or set another address (--api-url, API_URL; ${DEFAULT_URL} is this machine)`,
    };
  }
}

/** Before 1.0 a minor version may change the API, from then on only a major one. */
export function judgeVersions(cli: string, platform: string | undefined): Finding {
  if (platform === undefined)
    return { verdict: 'skip', evidence: `The command line is ${cli}; the platform could not be asked.` };
  const evidence = `The command line is ${cli}, the platform ${platform}.`;
  const line = (version: string) => (version.startsWith('0.') ? version.split('.').slice(0, 2) : version.split('.').slice(0, 1)).join('.'); // prettier-ignore
  if (line(cli) === line(platform)) return { verdict: 'ok', evidence };
  return { verdict: 'warn', evidence, remedy: 'install the command line that came with the platform' };
}

async function checkConfigMode(configFolder: string): Promise<Finding> {
  const file = userConfigPath(configFolder);
  const info = await stat(file).catch(() => undefined);
  if (!info) return { verdict: 'ok', evidence: `There is no ${file}.` };
  if (process.platform === 'win32') return { verdict: 'skip', evidence: 'Windows keeps no such mode.' };
  const mode = (info.mode & 0o777).toString(8);
  if ((info.mode & 0o077) === 0) return { verdict: 'ok', evidence: `${file} has mode ${mode}.` };
  return {
    verdict: 'fail',
    evidence: `${file} has mode ${mode} and may hold tokens.`,
    remedy: `chmod 600 ${file}`,
  };
}

async function checkNames(url: string, domain: string | undefined): Promise<Finding> {
  const names = [...(domain === undefined ? [] : [`plat-doctor.${domain}`]), 'plat-doctor.localhost'];
  const resolved: string[] = [];
  const silent: string[] = [];
  for (const name of names) {
    const address = await lookup(name).then(
      (found) => found.address,
      () => undefined,
    );
    if (address === undefined) silent.push(name);
    else resolved.push(`${name} is ${address}`);
  }
  const evidence = [...resolved, ...silent.map((name) => `${name} has no address`)].join('; ') + '.';
  if (silent.length === 0) return { verdict: 'ok', evidence };
  const port = new URL(url).port;
  return {
    verdict: 'warn',
    evidence,
    remedy: `give *.${domain ?? 'DOMAIN'} the address of the platform in DNS, or use http://PROJECT-NAME.localhost${port ? `:${port}` : ''} in a browser, or curl -H "Host: …"`,
  };
}
