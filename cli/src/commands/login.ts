import { ApiClient } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { note, type Context } from '../context.ts';
import { checkUrl } from '../settings.ts';
import { readStdin } from '../stdin.ts';
import { Transport } from '../transport.ts';
import {
  DEFAULT_CONTEXT,
  readUserConfig,
  userConfigPath,
  writeUserConfig,
  type UserConfig,
} from '../user-config.ts';

/** `token` and `context` are the flags as given; the token's own address is what it is stored for. */
export type LoginArgs = { url?: string; token?: string; context?: string };

/** Checks a token with the platform and keeps it, with the address, in the user's configuration. */
export async function login(context: Context, args: LoginArgs): Promise<void> {
  const url = checkUrl(args.url ?? context.settings.url);
  const token = (args.token ?? (await askToken(context, url))).trim();
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new CliError(
      'usage',
      token === '' ? 'The token is empty.' : 'The token has characters that no token has.',
    );
  }
  const api = new ApiClient(new Transport({ url, token, signal: context.signal }));
  const principal = await api.whoami();
  const { configFolder } = context.environment;
  const config = await readUserConfig(configFolder);
  const name = args.context ?? contextFor(config, url);
  const project =
    principal.project ?? (config.contexts[name]?.url === url ? config.contexts[name].project : undefined);
  config.contexts[name] = { url, token, ...(project ? { project } : {}) };
  config.currentContext = name;
  await writeUserConfig(configFolder, config);
  await note(context, `Logged in at ${url} as ${principal.name} (${principal.role}); context ${name}.`);
}

async function askToken(context: Context, url: string): Promise<string> {
  if (context.prompts.isInteractive) return context.prompts.secret(`Token for ${url}`);
  if (context.stdin.kind === 'piped' || context.stdin.kind === 'socket') {
    return (await readStdin(context)).toString('utf8');
  }
  throw new CliError('usage', 'There is no token.', {
    hint: 'Pipe it in (`plat login < token.txt`) or give --token.',
  });
}

function contextFor(config: UserConfig, url: string): string {
  const known = Object.entries(config.contexts).find(([, context]) => context.url === url);
  if (known) return known[0];
  return Object.keys(config.contexts).length === 0 ? DEFAULT_CONTEXT : new URL(url).host;
}

/** Forgets the token of a context; its address stays. */
export async function logout(context: Context, args: { context?: string }): Promise<void> {
  const { configFolder } = context.environment;
  const config = await readUserConfig(configFolder);
  const name = args.context ?? config.currentContext;
  const known = config.contexts[name];
  if (!known?.token)
    return note(context, `You were not logged in (${userConfigPath(configFolder)}, context ${name}).`);
  delete known.token;
  await writeUserConfig(configFolder, config);
  await note(context, `Logged out of ${known.url}.`);
}
