import { ACTIONS, type Action } from '@plat/platform-kit/api/actions.ts';
import type { Principal, Role } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';

/** What the action is done to: something in a project, or (null) the platform itself. */
export type ActionObject = { project: string | null };

const FOR_ALL = [
  'system.read',
  'runtime.list',
  'project.list',
  'function.list',
  'function.describe',
] as const;

const READ = [
  'version.read',
  'source.read',
  'build-log.read',
  'log.read',
  'instance.read',
  'execution.read',
  'metrics.scrape',
] as const;

const DEVELOP = [
  'function.read-environment',
  'execution.read-body',
  'function.invoke',
  'function.deploy',
  'function.promote',
  'function.start-stop',
  'function.delete',
  'domain.change',
  'version.cancel',
] as const;

/** Shows something of every project: nothing for a token that belongs to one. */
const OF_ALL_PROJECTS: ReadonlySet<Action> = new Set<Action>(['metrics.scrape']);

export const ROLE_ACTIONS: Record<Role, ReadonlySet<Action>> = {
  admin: new Set(Object.keys(ACTIONS) as Action[]),
  developer: new Set<Action>([...FOR_ALL, ...READ, ...DEVELOP]),
  invoker: new Set<Action>([...FOR_ALL, 'function.invoke']),
  viewer: new Set<Action>([...FOR_ALL, ...READ]),
};

/** Whether `principal` may do `action` to `object`. */
export function may(principal: Principal, action: Action, object: ActionObject): boolean {
  if (principal.project !== null && OF_ALL_PROJECTS.has(action)) return false;
  return sees(principal, object) && ROLE_ACTIONS[effectiveRole(principal)].has(action);
}

/**
 * Passes or throws: `not_found` for another project's objects, whether they exist or not, `forbidden` for what the
 * principal can see but not do. The one place where that is decided.
 */
export function authorise(principal: Principal, action: Action, object: ActionObject): void {
  if (!sees(principal, object)) {
    throw new PlatformError('not_found', `There is no project "${object.project}".`);
  }
  if (may(principal, action, object)) return;
  throw new PlatformError(
    'forbidden',
    principal.project !== null && OF_ALL_PROJECTS.has(action)
      ? `The token "${principal.name}" is good for the project "${principal.project}" alone and may not ${ACTIONS[action]}.`
      : `The token "${principal.name}" has the role ${principal.role}, which may not ${ACTIONS[action]}.`,
    { details: { role: principal.role, action } },
  );
}

function sees(principal: Principal, object: ActionObject): boolean {
  return principal.project === null || object.project === null || principal.project === object.project;
}

/** An administrator of one project only is not a thing; such a token can do no more than a developer. */
function effectiveRole(principal: Principal): Role {
  return principal.role === 'admin' && principal.project !== null ? 'developer' : principal.role;
}
