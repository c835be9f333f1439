import envPaths from 'env-paths';

/** All that the program takes from environment variables. */
export type Environment = {
  /** `API_URL` */
  apiUrl: string | undefined;
  /** `PLAT_TOKEN` */
  token: string | undefined;
  /** `PLAT_PROJECT` */
  project: string | undefined;
  /** `NO_COLOR` is set (https://no-color.org), or the terminal is dumb. */
  isColorOff: boolean;
  /** Where the user's configuration lives: the platform's usual place. */
  configFolder: string;
};

/** The one reader of `process.env`. An empty variable counts as not set. */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const value = (name: string) => env[name] || undefined;
  return {
    apiUrl: value('API_URL'),
    token: value('PLAT_TOKEN'),
    project: value('PLAT_PROJECT'),
    isColorOff: value('NO_COLOR') !== undefined || env['TERM'] === 'dumb',
    configFolder: envPaths('plat', { suffix: '' }).config,
  };
}
