import { nearest } from '@plat/platform-kit/nearest.ts';
import { CliError } from '../cli-error.ts';
import { note, type Context } from '../context.ts';
import { printList, printObject } from '../output/print.ts';
import { DEFAULT_URL, checkUrl } from '../settings.ts';
import { readUserConfig, userConfigPath, writeUserConfig, type UserConfig } from '../user-config.ts';

const KEYS = ['url', 'project', 'token'] as const;
type Key = (typeof KEYS)[number];

/** Shows what is set in a context; a token is never shown. */
export async function configGet(context: Context, args: { key?: string; context?: string }): Promise<void> {
  const config = await readUserConfig(context.environment.configFolder);
  const name = args.context ?? config.currentContext;
  const shown = visible(config, name);
  if (args.key === undefined) {
    return printObject(context, {
      value: { context: name, ...shown },
      name,
      rows: [['context', name], ...KEYS.map((key): [string, string | undefined] => [key, shown[key]])],
    });
  }
  const value = shown[checkKey(args.key)];
  if (value === undefined) throw new CliError('notFound', `${args.key} is not set in context ${name}.`);
  await context.out.write(`${value}\n`);
}

/** Sets the address or the project of a context, which is made when there is none of that name. */
export async function configSet(
  context: Context,
  args: { key: string; value: string; context?: string },
): Promise<void> {
  const key = checkKey(args.key);
  if (key === 'token') {
    throw new CliError('usage', 'A token on the command line stays in the history of the shell.', {
      hint: 'Use `plat login`, which asks for it and checks it.',
    });
  }
  const { configFolder } = context.environment;
  const config = await readUserConfig(configFolder);
  const name = args.context ?? config.currentContext;
  const known = config.contexts[name] ?? { url: DEFAULT_URL };
  if (key === 'url') {
    const url = checkUrl(args.value);
    if (known.token !== undefined && url !== known.url) {
      delete known.token;
      await note(context, 'The token was for the old address and is gone; log in again with `plat login`.');
    }
    known.url = url;
  } else {
    known.project = args.value;
  }
  config.contexts[name] = known;
  await writeUserConfig(configFolder, config);
}

/** Makes a context the current one. */
export async function configUse(context: Context, args: { name: string }): Promise<void> {
  const { configFolder } = context.environment;
  const config = await readUserConfig(configFolder);
  if (!config.contexts[args.name]) {
    const names = Object.keys(config.contexts);
    const guess = nearest(args.name, names);
    throw new CliError('notFound', `There is no context "${args.name}".`, {
      hint: guess ? `Did you mean "${guess}"?` : `Known contexts: ${names.join(', ') || 'none'}.`,
    });
  }
  config.currentContext = args.name;
  await writeUserConfig(configFolder, config);
  await note(context, `Now using context ${args.name} (${config.contexts[args.name]!.url}).`);
}

export async function configLs(context: Context): Promise<void> {
  const config = await readUserConfig(context.environment.configFolder);
  const items = Object.keys(config.contexts).map((name) => ({
    name,
    current: name === config.currentContext,
    ...visible(config, name),
  }));
  await printList(context, {
    items,
    name: (item) => item.name,
    empty: `There are no contexts; ${context.settings.url} is used.`,
    columns: [
      { title: 'CURRENT', value: (item) => (item.current ? '*' : '') },
      { title: 'NAME', value: (item) => item.name },
      { title: 'URL', value: (item) => item.url ?? null },
      { title: 'PROJECT', value: (item) => item.project ?? 'default' },
      { title: 'TOKEN', value: (item) => item.token ?? null },
    ],
  });
}

export async function configPath(context: Context): Promise<void> {
  await context.out.write(`${userConfigPath(context.environment.configFolder)}\n`);
}

function visible(config: UserConfig, name: string): Partial<Record<Key, string>> {
  const { token, ...rest } = config.contexts[name] ?? {};
  return { ...rest, ...(token === undefined ? {} : { token: '***' }) };
}

function checkKey(key: string): Key {
  if ((KEYS as readonly string[]).includes(key)) return key as Key;
  const guess = nearest(key, KEYS);
  throw new CliError('usage', `There is no setting "${key}".`, {
    hint: guess ? `Did you mean "${guess}"?` : `There are: ${KEYS.join(', ')}.`,
  });
}
