import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import { CliError } from './cli-error.ts';
import type { ApiContext } from './context.ts';
import { stripControls } from './terminal.ts';

const LOG_LINES = 20;

/** Why a deploy failed: the platform's reason, the end of the log, and how to see the rest of it. */
export async function describeFailedDeploy(
  context: ApiContext,
  version: VersionRecord,
  buildLog: readonly string[],
): Promise<CliError> {
  const { project, function: name, number, error } = version;
  const what = `Version ${number} of ${project}/${name}`;
  const serving = await servingVersion(context, version);
  const still = serving === undefined ? '' : ` Version ${serving} still serves.`;
  if (version.state === 'cancelled' || !error)
    return new CliError('deployFailed', `${what} was ${version.state}.${still}`);
  const tail = error.logTail ?? (error.phase === 'building' ? buildLog : []);
  const elsewhere = project === 'default' ? '' : ` --project ${project}`;
  const command =
    error.phase === 'building' ? `build-log ${name} ${number}` : `logs ${name} --version ${number}`;
  const failure = error.phase === 'building' ? 'could not be built' : 'was built but never became ready';
  return new CliError('deployFailed', `${what} ${failure}: ${sentence(error.message)}${still}`, {
    lines: tail.slice(-LOG_LINES).map(stripControls),
    hint: `See all of the log: plat ${command}${elsewhere}`,
  });
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

async function servingVersion(context: ApiContext, version: VersionRecord): Promise<number | undefined> {
  const key = { project: version.project, name: version.function };
  const view = await context.api.getFunction(key).catch(() => undefined);
  if (view?.status !== 'active') return undefined;
  const weights = view.aliases.find((alias) => alias.name === 'live')?.weights ?? [];
  return [...weights].sort((a, b) => b.weight - a.weight)[0]?.version;
}
