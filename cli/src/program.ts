import { Argument, Command, Option } from 'commander';
import { createCompleteCommand } from './complete-command.ts';
import { OUTPUT_FORMATS, type ApiContext, type Context } from './context.ts';
import {
  decimalNumber,
  duration,
  environmentEntry,
  headerEntry,
  httpMethod,
  percentages,
  queryEntry,
  since,
  versionNumber,
  wholeNumber,
} from './option-parsers.ts';

/** What a command is called with: its arguments and options in one object, by their names in camel case. */
export type CommandArgs = Record<string, unknown>;

/** A command's code; it is loaded only when it runs. `local` ones never talk to the platform. */
export type Loaded =
  | { needs: 'api'; run: (context: ApiContext, args: never) => Promise<number | void> }
  | { needs: 'local'; run: (context: Context, args: never) => Promise<number | void> };

/** Carries a command out; `run.ts` gives the one that builds the context. */
export type Execute = (load: () => Promise<Loaded>, args: CommandArgs) => Promise<void>;

const api = (run: (context: ApiContext, args: never) => Promise<number | void>): Loaded => ({
  needs: 'api',
  run,
});
const local = (run: (context: Context, args: never) => Promise<number | void>): Loaded => ({
  needs: 'local',
  run,
});

const NAME = new Argument('[name]', 'function, as [project.]name; the one of plat.yaml when left out');
const GIVEN_NAME = new Argument('<name>', 'function, as [project.]name');
const optionalVersion = (text: string) => new Argument('[version]', text).argParser(versionNumber);
const VERSION = new Argument('<version>', 'version number').argParser(versionNumber);

/** Declares every command of `plat`. Nothing runs and nothing else is loaded here. */
export function createProgram(options: { version: string; execute: Execute }): Command {
  const program = new Command('plat')
    .description('Deploys and runs functions on a Plat platform.')
    .version(options.version, '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .enablePositionalOptions()
    .showSuggestionAfterError();
  addCommonOptions(program, '-q, --quiet');

  const group = (name: string, description: string) => program.command(name).description(description);
  const verb = (
    parent: Command,
    declaration: { name: string; description: string; arguments?: Argument[]; quiet?: string },
    load: () => Promise<Loaded>,
  ): Command => {
    const command = parent.command(declaration.name).description(declaration.description);
    for (const argument of declaration.arguments ?? []) command.addArgument(argument);
    addCommonOptions(command, declaration.quiet ?? '-q, --quiet');
    command.action(async () => {
      const args: CommandArgs = { ...command.optsWithGlobals() };
      command.registeredArguments.forEach((argument, i) => {
        if (command.processedArgs[i] !== undefined) args[argument.name()] = command.processedArgs[i];
      });
      await options.execute(load, args);
    });
    return command;
  };

  verb(program, { name: 'init', description: 'Start a function in a new folder.', arguments: [new Argument('[name]', 'name of the function and its folder; asked for on a terminal, else my-function')] }, async () => local((await import('./commands/init.ts')).init))
    .option('--runtime <id>', 'runtime, such as node or python; asked for on a terminal, else node')
    .option('--force', 'write into a folder that is not empty'); // prettier-ignore

  const deploy = verb(program, { name: 'deploy', description: 'Pack a folder, build it and put it into service.', arguments: [new Argument('[folder]', 'folder of the function; the present one when left out')] }, async () => api((await import('./commands/deploy.ts')).deploy)); // prettier-ignore
  deploy
    .option('--name <name>', 'name of the function')
    .option('--runtime <id>', 'runtime, such as node or python')
    .option('--handler <file.export>', 'file and export to call')
    .option('--memory <size>', 'memory limit of an instance, such as 128MB')
    .option('--cpu <cores>', 'CPU limit of an instance, such as 0.5', decimalNumber)
    .option('--timeout <duration>', 'longest duration of one call, such as 30s')
    .option('--concurrency <n>', 'calls one instance serves at the same time', wholeNumber(1, 1000))
    .option('--env <KEY=VALUE>', 'environment variable; may be repeated', environmentEntry)
    .option('--min <n>', 'instances that are always kept; 0 lets the function sleep', wholeNumber(0, 20))
    .option('--max <n>', 'most instances of a version', wholeNumber(1, 100))
    .option('--target <share>', 'how full instances should be, from 0.1 to 1', decimalNumber)
    .option('--idle <duration>', 'time without a call until its instances are removed')
    .option('--pause-after <duration>', 'time without a call until its instances are paused')
    .option('--stop-after <duration>', 'time without a call until its instances are stopped')
    .option('--edge <mode>', 'own host without a token: proxy, direct or off')
    .option('--no-promote', 'build the version, but leave the traffic where it is')
    .option('--canary <steps>', 'move the traffic in steps, such as 10%,50%,100%, and back when the version does worse', percentages)
    .option('--no-wait', 'return as soon as the upload was accepted')
    .addOption(new Option('--wait-timeout <duration>', 'how long to wait until the version is ready').argParser(duration).default(900_000, '15m'))
    .option('--build-log', 'show the log of the build while it runs'); // prettier-ignore
  addRolloutOptions(deploy);

  verb(program, { name: 'invoke', description: 'Call a function. The answer goes to standard output.', arguments: [new Argument('[name]', 'function, as [project.]name[:alias|@version]; the one of plat.yaml when left out')], quiet: '--quiet' }, async () => api((await import('./commands/invoke.ts')).invoke))
    .option('-d, --data <data>', 'data to send; @FILE reads a file, @- standard input')
    .option('-f, --file <file>', 'send the content of a file; - is standard input')
    .option('-m, --method <method>', 'HTTP method; makes it an HTTP call', httpMethod)
    .option('-p, --path <path>', 'path after the name of the function; makes it an HTTP call')
    .option('-q, --query <key=value>', 'query parameter, may be repeated; makes it an HTTP call', queryEntry)
    .option('-H, --header <name: value>', 'header, may be repeated; makes it an HTTP call', headerEntry)
    .option('--draft', 'run the code of this folder once, without deploying it')
    .option('-i, --include', 'print status and headers before the body')
    .addOption(new Option('--timeout <duration>', 'how long to wait for the answer').argParser(duration).default(960_000, '16m')); // prettier-ignore

  verb(program, { name: 'logs', description: 'Show what a function printed.', arguments: [NAME] }, async () => api((await import('./commands/logs.ts')).logs))
    .option('-f, --follow', 'go on with new lines until interrupted')
    .option('--since <time>', 'only lines since then: 5m, or an ISO time', since)
    .option('--until <time>', 'only lines up to then: 5m ago, or an ISO time', since)
    .option('--search <text>', 'only lines that contain this, in whatever case')
    .option('--instance <id>', 'only lines of one instance')
    .addOption(new Option('--stream <stream>', 'only lines of one stream').choices(['stdout', 'stderr']))
    .option('--tail <n>', 'only the last so many lines of each instance', wholeNumber(0, 10_000))
    .option('--request-id <id>', 'only lines of one request')
    .option('--version <n>', 'only lines of one version', versionNumber); // prettier-ignore

  verb(program, { name: 'ls', description: 'List functions.' }, async () => api((await import('./commands/ls.ts')).ls))
    .option('-a, --all', 'of all projects'); // prettier-ignore
  verb(program, { name: 'describe', description: 'Show all about a function.', arguments: [NAME] }, async () => api((await import('./commands/describe.ts')).describe)); // prettier-ignore
  addPage(verb(program, { name: 'versions', description: 'List the versions of a function, newest first.', arguments: [NAME] }, async () => api((await import('./commands/versions.ts')).versions))); // prettier-ignore
  addWait(verb(program, { name: 'promote', description: 'Send the traffic to a version.', arguments: [NAME, optionalVersion('version to go to; the newest that is ready when left out')] }, async () => api((await import('./commands/live-moves.ts')).promote))); // prettier-ignore
  verb(program, { name: 'rollback', description: 'Send the traffic back to where it went before.', arguments: [NAME, optionalVersion('version to go to; what was live before when left out')] }, async () => api((await import('./commands/live-moves.ts')).rollback))
    .option('--dry-run', 'say where it would go, and change nothing'); // prettier-ignore
  verb(program, { name: 'stop', description: 'Take a function out of service.', arguments: [NAME] }, async () => api((await import('./commands/function-state.ts')).stop)); // prettier-ignore
  verb(program, { name: 'start', description: 'Bring a stopped function back into service.', arguments: [NAME] }, async () => api((await import('./commands/function-state.ts')).start)); // prettier-ignore
  addYes(verb(program, { name: 'rm', description: 'Delete a function with its versions, images, routes and logs.', arguments: [NAME] }, async () => api((await import('./commands/rm.ts')).rm))); // prettier-ignore
  const builds = group('builds', 'Look at what deploys built.');
  addPage(verb(builds, { name: 'ls', description: 'List builds, newest first: of a function, or of the project.', arguments: [NAME] }, async () => api((await import('./commands/builds.ts')).buildsLs)))
    .option('-a, --all', 'of all projects that the token sees')
    .addOption(new Option('--state <state>', 'only those in this state; active: those that are not over').choices(['active', 'pending', 'building', 'starting', 'ready', 'failed', 'cancelled']))
    .option('--since <time>', 'only those since then: 5m, or an ISO time', since)
    .option('--search <text>', 'only those with this in function, who deployed or error'); // prettier-ignore
  verb(builds, { name: 'logs', description: 'Show the log of a build, as `plat build-log` does.', arguments: [NAME, optionalVersion('version; the latest one when left out')] }, async () => api((await import('./commands/build-log.ts')).buildLog))
    .option('-f, --follow', 'go on until the build is over'); // prettier-ignore
  verb(program, { name: 'build-log', description: 'Show the log of a build.', arguments: [NAME, optionalVersion('version; the latest one when left out')] }, async () => api((await import('./commands/build-log.ts')).buildLog))
    .option('-f, --follow', 'go on until the build is over'); // prettier-ignore
  verb(program, { name: 'cancel', description: 'Cancel a deploy that is not over yet.', arguments: [GIVEN_NAME, VERSION] }, async () => api((await import('./commands/cancel.ts')).cancel)); // prettier-ignore
  addYes(verb(program, { name: 'source', description: 'Download the archive a version was built from.', arguments: [GIVEN_NAME, VERSION] }, async () => api((await import('./commands/source.ts')).source)))
    .option('-O, --output-file <file>', 'where to write it, - is standard output; NAME-VERSION.zip when left out'); // prettier-ignore
  verb(program, { name: 'instances', description: 'List the running copies of a function.', arguments: [NAME] }, async () => api((await import('./commands/instances.ts')).instances))
    .option('--all', 'of all functions that the token sees')
    .option('--stats', 'with CPU and memory'); // prettier-ignore
  verb(program, { name: 'pools', description: 'List the containers that wait for a function.' }, async () => api((await import('./commands/pools.ts')).pools)); // prettier-ignore

  const alias = group('alias', 'Point names at versions; `live` is what callers get.');
  verb(alias, { name: 'ls', description: 'List the aliases of a function.', arguments: [NAME] }, async () => api((await import('./commands/alias.ts')).aliasLs)); // prettier-ignore
  const aliasSet = verb(alias, { name: 'set', description: 'Point an alias at a version, or split its traffic.', arguments: [GIVEN_NAME, new Argument('<assignment>', 'ALIAS=VERSION, or with weights ALIAS=VERSION:WEIGHT,…, such as live=12:90,13:10')] }, async () => api((await import('./commands/alias.ts')).aliasSet)); // prettier-ignore
  addWait(aliasSet)
    .option('--sticky-header <name>', 'keep callers with one version, told apart by this header')
    .option(
      '--sticky-cookie <name>',
      'keep callers with one version, told apart by a cookie that they are given',
    )
    .option('--no-sticky', 'send each call by weight, whoever makes it');
  addYes(verb(alias, { name: 'rm', description: 'Delete an alias.', arguments: [GIVEN_NAME, new Argument('<alias>', 'alias')] }, async () => api((await import('./commands/alias.ts')).aliasRm))); // prettier-ignore

  const rollout = group(
    'rollout',
    'Move the traffic to a version in steps; the platform does it, the command line only watches.',
  );
  addRolloutOptions(verb(rollout, { name: 'start', description: 'Start a rollout to a version that is there already.', arguments: [GIVEN_NAME, VERSION] }, async () => api((await import('./commands/rollout.ts')).rolloutStart)))
    .addOption(new Option('--steps <steps>', 'share of the calls at each step').argParser(percentages).default([10, 50, 100], '10%,50%,100%'))
    .option('--no-wait', 'return at once; the rollout goes on'); // prettier-ignore
  verb(rollout, { name: 'status', description: 'Show the rollout that is under way, or was last.', arguments: [NAME] }, async () => api((await import('./commands/rollout.ts')).rolloutStatus))
    .option('-w, --watch', 'watch until it is over'); // prettier-ignore
  verb(rollout, { name: 'ls', description: 'List the rollouts of a function, newest first.', arguments: [NAME] }, async () => api((await import('./commands/rollout.ts')).rolloutLs)); // prettier-ignore
  verb(rollout, { name: 'pause', description: 'Hold a rollout where it is.', arguments: [NAME] }, async () => api((await import('./commands/rollout.ts')).rolloutPause)); // prettier-ignore
  verb(rollout, { name: 'resume', description: 'Go on with a rollout that is paused.', arguments: [NAME] }, async () => api((await import('./commands/rollout.ts')).rolloutResume)); // prettier-ignore
  verb(rollout, { name: 'promote', description: 'Skip the steps that are left: the version is live now.', arguments: [NAME] }, async () => api((await import('./commands/rollout.ts')).rolloutPromote)); // prettier-ignore
  verb(rollout, { name: 'abort', description: 'Take a rollout back: what was live before is live again.', arguments: [NAME] }, async () => api((await import('./commands/rollout.ts')).rolloutAbort)); // prettier-ignore

  const domains = group('domains', 'Manage the domains of a function, beside its own host.');
  verb(domains, { name: 'ls', description: 'List the domains of a function.', arguments: [NAME] }, async () => api((await import('./commands/domains.ts')).domainsLs)); // prettier-ignore
  verb(domains, { name: 'add', description: 'Let a function answer at a domain.', arguments: [GIVEN_NAME, new Argument('<domain>', 'domain, such as shop.example.org')] }, async () => api((await import('./commands/domains.ts')).domainsAdd)); // prettier-ignore
  addYes(verb(domains, { name: 'rm', description: 'Take a domain off a function.', arguments: [GIVEN_NAME, new Argument('<domain>', 'domain')] }, async () => api((await import('./commands/domains.ts')).domainsRm))); // prettier-ignore

  const executions = group('executions', 'Look at the calls that were made.');
  addPage(verb(executions, { name: 'ls', description: 'List calls, newest first.', arguments: [NAME] }, async () => api((await import('./commands/executions.ts')).executionsLs)))
    .addOption(new Option('--outcome <outcome>', 'only those that ended so').choices(['ok', 'function_error', 'platform_error', 'timeout', 'client_closed']))
    .option('--failed', 'only those that did not end well')
    .addOption(new Option('--status <class>', 'only those answered so').choices(['2xx', '3xx', '4xx', '5xx']))
    .option('--cold', 'only those that woke an instance')
    .addOption(new Option('--rung <rung>', 'only those whose instance came from there').choices(['hot', 'paused', 'stopped', 'pool', 'new']))
    .option('--since <time>', 'only those since then: 5m, or an ISO time', since)
    .option('--until <time>', 'only those up to then: 5m ago, or an ISO time', since)
    .option('--search <text>', 'only those with this in path, method, error or request id')
    .option('--alias <alias>', 'only those through one alias')
    .option('--instance <id>', 'only those on one instance')
    .option('--request-id <id>', 'only those of one request')
    .option('--version <n>', 'only those of one version', versionNumber); // prettier-ignore
  verb(executions, { name: 'show', description: 'Show one call.', arguments: [new Argument('<id>', 'id of the execution or of the request')] }, async () => api((await import('./commands/executions.ts')).executionsShow)); // prettier-ignore

  verb(executions, { name: 'replay', description: 'Make a call once more. The answer goes to standard output.', arguments: [new Argument('<id>', 'id of the execution or of the request')] }, async () => api((await import('./commands/replay.ts')).executionsReplay))
    .option('--alias <alias>', 'through this alias; the one it went through when left out')
    .option('--version <n>', 'to this version', versionNumber)
    .option('-i, --include', 'print status and headers before the body')
    .addOption(new Option('--timeout <duration>', 'how long to wait for the answer').argParser(duration).default(960_000, '16m')); // prettier-ignore
  verb(program, { name: 'why', description: 'Explain a call: who answered, where the time went, what it used and printed.', arguments: [new Argument('<id>', 'id of the request (x-request-id) or of the execution')] }, async () => api((await import('./commands/why.ts')).why)); // prettier-ignore

  verb(program, { name: 'metrics', description: 'Show what became of a function’s calls: how many, who failed, how long, what they used. -o wide shows every step.', arguments: [NAME] }, async () => api((await import('./commands/metrics.ts')).metrics))
    .option('--range <duration>', 'how far back, such as 1h or 30d; 1h when left out')
    .option('--step <duration>', 'length of a step, such as 30s')
    .option('--version <n>', 'of one version only', versionNumber); // prettier-ignore
  verb(program, { name: 'top', description: 'Show which functions are busy; live on a terminal, until interrupted.' }, async () => api((await import('./commands/top.ts')).top))
    .option('-a, --all', 'of all projects')
    .option('--range <duration>', 'how far back; 1h when left out')
    .option('--once', 'show it once')
    .addOption(new Option('--interval <duration>', 'time between two looks').argParser(duration).default(2000, '2s')); // prettier-ignore

  const projects = group('projects', 'Manage projects.');
  verb(projects, { name: 'ls', description: 'List projects.' }, async () => api((await import('./commands/projects.ts')).projectsLs)); // prettier-ignore
  verb(projects, { name: 'create', description: 'Create a project.', arguments: [new Argument('<name>', 'name of the project')] }, async () => api((await import('./commands/projects.ts')).projectsCreate)); // prettier-ignore
  addYes(verb(projects, { name: 'rm', description: 'Delete a project.', arguments: [new Argument('<name>', 'name of the project')] }, async () => api((await import('./commands/projects.ts')).projectsRm))); // prettier-ignore

  const tokens = group('tokens', 'Manage tokens (administrators only).');
  verb(tokens, { name: 'ls', description: 'List tokens.' }, async () => api((await import('./commands/tokens.ts')).tokensLs)); // prettier-ignore
  verb(tokens, { name: 'create', description: 'Create a token; its secret is printed once. --project binds it to a project.', arguments: [new Argument('<name>', 'what the token is for')] }, async () => api((await import('./commands/tokens.ts')).tokensCreate))
    .addOption(new Option('--role <role>', 'what it may do').choices(['admin', 'developer', 'invoker', 'viewer']).makeOptionMandatory())
    .option('--expires <duration>', 'when it expires, such as 30d; never when left out'); // prettier-ignore
  addYes(verb(tokens, { name: 'rm', description: 'Delete a token.', arguments: [new Argument('<id>', 'id of the token')] }, async () => api((await import('./commands/tokens.ts')).tokensRm))); // prettier-ignore

  verb(program, { name: 'runtimes', description: 'List the runtimes of the platform.' }, async () => api((await import('./commands/runtimes.ts')).runtimes)); // prettier-ignore
  verb(program, { name: 'system', description: 'Show how the platform is.' }, async () => api((await import('./commands/system.ts')).system)); // prettier-ignore

  verb(program, { name: 'doctor', description: 'Examine the platform and the way to it: what is wrong, how that shows, and what mends it. Exits with 1 when something fails.' }, async () => local((await import('./commands/doctor.ts')).doctor))
    .option('--fix', 'mend what can be mended safely'); // prettier-ignore
  verb(program, { name: 'gc', description: 'Remove what nobody needs any more: images of old versions, what deleted functions left, old records. Administrators only.' }, async () => api((await import('./commands/gc.ts')).gc))
    .option('--dry-run', 'say what would go, and remove nothing'); // prettier-ignore
  verb(program, { name: 'completion', description: 'Print the script that completes commands, options and names of functions in a shell.', arguments: [new Argument('<shell>', 'bash, zsh or fish').choices(['bash', 'zsh', 'fish'])] }, async () => local((await import('./commands/completion.ts')).completion)); // prettier-ignore
  program.addCommand(createCompleteCommand(program, options.execute), { hidden: true });

  verb(program, { name: 'login', description: 'Check a token and keep it. It is asked for on a terminal, else read from standard input.' }, async () => local((await import('./commands/login.ts')).login))
    .option('--url <url>', 'address of the platform'); // prettier-ignore
  verb(program, { name: 'logout', description: 'Forget the token of a context.' }, async () => local((await import('./commands/login.ts')).logout)); // prettier-ignore
  verb(program, { name: 'whoami', description: 'Show whom the token belongs to.' }, async () => api((await import('./commands/whoami.ts')).whoami)); // prettier-ignore

  const config = group('config', 'Look at and change the user’s configuration.');
  const KEY_TEXT = 'url, project or token';
  verb(config, { name: 'get', description: 'Show what is set in a context.', arguments: [new Argument('[key]', KEY_TEXT)] }, async () => local((await import('./commands/config.ts')).configGet)); // prettier-ignore
  verb(config, { name: 'set', description: 'Set the address or the project of a context.', arguments: [new Argument('<key>', 'url or project'), new Argument('<value>', 'the new value')] }, async () => local((await import('./commands/config.ts')).configSet)); // prettier-ignore
  verb(config, { name: 'use', description: 'Make a context the current one.', arguments: [new Argument('<name>', 'name of the context')] }, async () => local((await import('./commands/config.ts')).configUse)); // prettier-ignore
  verb(config, { name: 'ls', description: 'List contexts.' }, async () => local((await import('./commands/config.ts')).configLs)); // prettier-ignore
  verb(config, { name: 'path', description: 'Show where the configuration is kept.' }, async () => local((await import('./commands/config.ts')).configPath)); // prettier-ignore
  return program;
}

/** Every command takes these, and so does `plat` itself in front of the command. */
function addCommonOptions(command: Command, quiet: string): void {
  command
    .option('--project <name>', 'project to work in')
    .addOption(
      new Option('-o, --output <format>', 'table, wide, json, yaml or name').choices([...OUTPUT_FORMATS]),
    )
    .option(quiet, 'no progress and no remarks on standard error')
    .option('--api-url <url>', 'address of the platform')
    .option('--token <token>', 'token to use')
    .option('--context <name>', 'context of the user’s configuration to use');
}

function addYes(command: Command): Command {
  return command.option('-y, --yes', 'do not ask');
}

function addPage(command: Command): Command {
  return command
    .option('--limit <n>', 'how many at most', wholeNumber(1, 200))
    .option('--before <cursor>', 'the page after the one that named this');
}

function addWait(command: Command): Command {
  const option = new Option(
    '--wait-timeout <duration>',
    'how long to wait for a version that is not ready yet',
  );
  return command.addOption(option.argParser(duration).default(900_000, '15m'));
}

function addRolloutOptions(command: Command): Command {
  return command
    .option('--step <duration>', 'how long a step of the rollout lasts at least; 1m when left out', duration)
    .option('--min-calls <n>', 'calls it takes to judge a step; 20 when left out', wholeNumber(1, 1_000_000))
    .option('--max-errors <percent>', 'how much more often calls may fail; 1 when left out', decimalNumber)
    .option('--max-slowdown <factor>', 'how much slower the p95 may be; 1.5 when left out', decimalNumber)
    .option('--patience <duration>', 'how long a step waits for calls; ten steps when left out', duration);
}
