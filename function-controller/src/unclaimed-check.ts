import type { CheckSpec } from '@plat/platform-kit/checks.ts';
import type { Controller } from './controller.ts';

/** Whether the record is the one, or a later state of it, whose functions ran here. */
export function unclaimedCheck(controller: Pick<Controller, 'unclaimed'>): CheckSpec {
  return {
    id: 'record.knows-functions',
    title: 'The record knows the functions that ran',
    run: async () => {
      const names = [...controller.unclaimed.values()].map(({ project, name }) => `${project}/${name}`);
      if (names.length === 0) return { verdict: 'ok', evidence: 'There is none that it does not know.' };
      return {
        verdict: 'fail',
        evidence: `It is new or an older copy, and does not know ${names.sort().join(', ')}. Their instances are left as they are; nobody can call them.`,
        remedy:
          'Give the platform its database again, or a backup of it (plat-admin restore); if it is meant to be new, remove functions.json from the data folder of the function-controller and restart that.',
      };
    },
  };
}
