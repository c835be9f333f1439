import path from 'node:path';
import { CommanderError } from 'commander';
import pc from 'picocolors';
import { OutputClosed, interrupted } from './cli-error.ts';
import type { Context, Host, OutputFormat } from './context.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { createProgram, type CommandArgs, type Loaded } from './program.ts';
import { readProjectIdentity } from './project-identity.ts';
import { reportFailure } from './report-failure.ts';
import { resolveSettings } from './settings.ts';
import { readUserConfig } from './user-config.ts';

type VersionedHost = Host & { version: string };

/** Runs `plat` with these arguments (without node and script) and returns its exit code. The one place that catches. */
export async function run(argv: readonly string[], host: Host, version: string): Promise<number> {
  const colors = pc.createColors(host.err.hasColor);
  let code: number = EXIT_CODES.ok.code;
  const printed: Promise<void>[] = [];
  const program = createProgram({
    version,
    execute: async (load, args) => {
      code = await execute({ ...host, version }, load, args);
    },
  });
  const commands = [program];
  for (const command of commands) {
    commands.push(...command.commands);
    command.exitOverride().configureOutput({
      writeOut: (text) => void printed.push(host.out.write(text)),
      writeErr: (text) => void printed.push(host.err.write(text)),
      getOutHelpWidth: () => host.out.columns ?? 100,
      getErrHelpWidth: () => host.err.columns ?? 100,
    });
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
    await Promise.all(printed);
    return code;
  } catch (error) {
    await Promise.all(printed).catch(() => undefined);
    if (error instanceof OutputClosed) return EXIT_CODES.ok.code;
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? EXIT_CODES.ok.code : EXIT_CODES.usage.code;
    const cause = host.signal.aborted && isAbort(error) ? interrupted() : error;
    const failure = reportFailure(cause, colors, await requestIdOf(cause));
    await host.err.write(failure.text).catch(() => undefined);
    return failure.code;
  }
}

async function execute(host: VersionedHost, load: () => Promise<Loaded>, args: CommandArgs): Promise<number> {
  const command = await load();
  const context = await createContext(host, args, command.needs);
  if (command.needs === 'local') return (await command.run(context, args as never)) ?? EXIT_CODES.ok.code;
  const [{ ApiClient }, { Transport }] = await Promise.all([
    import('./api-client.ts'),
    import('./transport.ts'),
  ]);
  const { url, token } = context.settings;
  const api = new ApiClient(new Transport({ url, token, signal: host.signal }));
  return (await command.run({ ...context, api }, args as never)) ?? EXIT_CODES.ok.code;
}

/** Local commands do not look at `plat.yaml`, and the context they name need not exist yet. */
async function createContext(
  host: VersionedHost,
  args: CommandArgs,
  needs: Loaded['needs'],
): Promise<Context> {
  const text = (name: string) => args[name] as string | undefined;
  const folder = path.resolve(host.cwd, text('folder') ?? '.');
  const isLocal = needs === 'local';
  const [projectFile, userConfig] = await Promise.all([
    isLocal ? { name: undefined, project: undefined } : readProjectIdentity(folder),
    readUserConfig(host.environment.configFolder),
  ]);
  const contextName = text('context');
  const flags = {
    apiUrl: text('apiUrl'),
    token: text('token'),
    context: isLocal && contextName && !userConfig.contexts[contextName] ? undefined : contextName,
    project: text('project'),
  };
  return {
    ...host,
    projectFile,
    settings: resolveSettings({ flags, projectFile, environment: host.environment, userConfig }),
    flagProject: flags.project,
    format: (text('output') ?? 'table') as OutputFormat,
    isQuiet: args['quiet'] === true,
    isYes: args['yes'] === true,
    colors: pc.createColors(host.err.hasColor),
    outColors: pc.createColors(host.out.hasColor),
  };
}

/** The id of the request an error came from, if it came from one; the transport is only loaded when it was used. */
async function requestIdOf(error: unknown): Promise<string | undefined> {
  if (!(error instanceof Error) || error.name !== 'PlatformError') return undefined;
  return (await import('./transport.ts')).requestIds.get(error);
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'CanceledError');
}
