export type FunctionKey = { project: string; name: string };

const part = encodeURIComponent;

/** Where things are in the dashboard. */
export const paths = {
  overview: '/',
  functions: '/functions',
  newFunction: '/new',
  builds: '/builds',
  executions: '/executions',
  /** By the call's own id, or its request id. */
  execution: (id: string) => `/executions/${part(id)}`,
  instances: '/instances',
  runtimes: '/runtimes',
  system: '/system',
  function: ({ project, name }: FunctionKey) => `/functions/${part(project)}/${part(name)}`,
  versions: (key: FunctionKey) => `${paths.function(key)}/versions`,
  version: (key: FunctionKey, number: number) => `${paths.versions(key)}/${number}`,
  code: (key: FunctionKey) => `${paths.function(key)}/code`,
  test: (key: FunctionKey) => `${paths.function(key)}/test`,
  configuration: (key: FunctionKey) => `${paths.function(key)}/configuration`,
  functionExecutions: (key: FunctionKey) => `${paths.function(key)}/executions`,
  logs: (key: FunctionKey) => `${paths.function(key)}/logs`,
};
