/** All that can be asked for, and how a refusal names it. A new action is one row here and one in the gateway's roles. */
export const ACTIONS = {
  'system.read': 'see the state of the platform',
  'system.maintain': 'examine and clean up the platform',
  'runtime.list': 'list runtimes',
  'project.list': 'list projects',
  'project.create': 'create projects',
  'project.delete': 'delete projects',
  'function.list': 'list functions',
  'function.describe': 'describe functions',
  'function.read-environment': 'see environment values',
  'function.invoke': 'invoke functions',
  'function.deploy': 'deploy functions',
  'function.promote': 'move aliases',
  'function.start-stop': 'start and stop functions',
  'function.delete': 'delete functions',
  'domain.change': 'add and remove domains',
  'version.read': 'see versions',
  'version.cancel': 'cancel deploys',
  'source.read': 'download sources',
  'build-log.read': 'read build logs',
  'log.read': 'read logs',
  'instance.read': 'see instances',
  'execution.read': 'see executions',
  'token.administer': 'administer tokens',
  'audit.read': 'read the audit log',
} as const;

export type Action = keyof typeof ACTIONS;
