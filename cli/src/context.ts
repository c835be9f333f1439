import type { Colors } from 'picocolors/types.js';
import type { ApiClient } from './api-client.ts';
import type { Environment } from './environment.ts';
import type { ProjectIdentity } from './project-identity.ts';
import type { Prompts } from './prompts.ts';
import type { Settings } from './settings.ts';
import type { Sink, Source } from './terminal.ts';

export const OUTPUT_FORMATS = ['table', 'wide', 'json', 'yaml', 'name'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** The world around the program: what `main` takes from the process and tests make up. */
export type Host = {
  cwd: string;
  environment: Environment;
  out: Sink;
  err: Sink;
  stdin: Source;
  prompts: Prompts;
  /** Aborts when the user asks to stop. */
  signal: AbortSignal;
  /** The folder of the package: templates and the schema are found from there. */
  packageFolder: string;
  /** Milliseconds since 1970; ages in tables are counted from here. */
  now: () => number;
};

/** What a command works with. `colors` are standard error's, `outColors` standard output's. */
export type Context = Host & {
  /** Of the command line itself. */
  version: string;
  settings: Settings;
  projectFile: ProjectIdentity;
  /** `--project` as given. */
  flagProject: string | undefined;
  format: OutputFormat;
  isQuiet: boolean;
  isYes: boolean;
  colors: Colors;
  outColors: Colors;
};

export type ApiContext = Context & { api: ApiClient };

/** A line for a person, on standard error; nothing with `--quiet`. */
export async function note(context: Context, text: string): Promise<void> {
  if (!context.isQuiet) await context.err.write(`${text}\n`);
}
