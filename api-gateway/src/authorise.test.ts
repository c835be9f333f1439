import { expect, test } from 'vitest';
import type { Principal, Role } from '@plat/platform-kit/domain.ts';
import type { Action } from '@plat/platform-kit/api/actions.ts';
import { authorise, may } from './authorise.ts';

function principal(role: Role, project: string | null = null): Principal {
  return { id: 't', name: 'someone', role, project, expiresAt: null };
}

const A = 'admin';
const D = 'developer';
const I = 'invoker';
const V = 'viewer';

/** Every action, and who may do it. */
const TABLE: Record<Action, readonly Role[]> = {
  'system.read': [A, D, I, V],
  'runtime.list': [A, D, I, V],
  'project.list': [A, D, I, V],
  'project.create': [A],
  'project.delete': [A],
  'function.list': [A, D, I, V],
  'function.describe': [A, D, I, V],
  'function.read-environment': [A, D],
  'function.invoke': [A, D, I],
  'function.deploy': [A, D],
  'function.promote': [A, D],
  'function.start-stop': [A, D],
  'function.delete': [A, D],
  'domain.change': [A, D],
  'version.read': [A, D, V],
  'version.cancel': [A, D],
  'source.read': [A, D, V],
  'build-log.read': [A, D, V],
  'log.read': [A, D, V],
  'instance.read': [A, D, V],
  'execution.read': [A, D, V],
  'execution.read-body': [A, D],
  'metrics.scrape': [A, D, V],
  'token.administer': [A],
  'audit.read': [A],
  'system.maintain': ['admin'],
};

const CASES = Object.entries(TABLE).flatMap(([action, roles]) =>
  [A, D, I, V].map((role) => ({ action, role, allowed: roles.includes(role as Role) })),
) as { action: Action; role: Role; allowed: boolean }[];

test.each(CASES)('authorise() of $action for role $role: $allowed', ({ action, role, allowed }) => {
  expect(may(principal(role), action, { project: 'shop' })).toBe(allowed);
  const attempt = () => authorise(principal(role), action, { project: 'shop' });
  if (allowed) expect(attempt).not.toThrow();
  else expect(attempt).toThrow(expect.objectContaining({ code: 'forbidden' }));
});

test.each([D, I, V] as const)(
  "authorise() hides another project's objects from a %s, allowed action or not",
  (role) => {
    for (const action of Object.keys(TABLE) as Action[]) {
      expect(() => authorise(principal(role, 'shop'), action, { project: 'other' })).toThrow(
        expect.objectContaining({ code: 'not_found', message: 'There is no project "other".' }),
      );
    }
  },
);

test('authorise() says forbidden for the own project, with the role and what it may not do', () => {
  expect(() => authorise(principal(V, 'shop'), 'function.deploy', { project: 'shop' })).toThrow(
    expect.objectContaining({
      code: 'forbidden',
      message: 'The token "someone" has the role viewer, which may not deploy functions.',
    }),
  );
});

test('authorise() gives a token of role admin that belongs to one project no more than a developer has', () => {
  const bounded = principal(A, 'shop');
  expect(may(bounded, 'function.deploy', { project: 'shop' })).toBe(true);
  expect(may(bounded, 'function.deploy', { project: 'other' })).toBe(false);
  expect(may(bounded, 'token.administer', { project: null })).toBe(false);
  expect(may(bounded, 'project.delete', { project: 'shop' })).toBe(false);
});
