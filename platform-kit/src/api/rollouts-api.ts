import { z } from 'zod';
import { RolloutPlanInput, RolloutView } from '../rollout.ts';
import { FunctionParams, PageQuery, page } from './inputs.ts';
import { defineRoute } from './route.ts';

const PATH = '/projects/:project/functions/:name/rollout';

export const rolloutsApi = {
  startRollout: defineRoute({
    method: 'post',
    path: PATH,
    tag: 'Rollouts',
    summary: 'Move alias `live` to a version in steps',
    description:
      'The platform goes on by itself from here: each step is judged by the calls of both versions, and a version that does ' +
      'worse is taken back. A version that is not ready yet begins once it is. `conflict` while another rollout is under ' +
      'way, and while `live` names several versions.',
    action: 'function.promote',
    params: FunctionParams,
    body: { json: RolloutPlanInput.extend({ version: z.int('expected the number of a version').min(1) }) },
    answer: { status: 201, json: RolloutView },
    problems: ['not_found', 'conflict'],
  }),
  listRollouts: defineRoute({
    method: 'get',
    path: `${PATH}s`,
    tag: 'Rollouts',
    summary: 'List rollouts, newest first',
    description: 'The one that is under way and the latest that are over, about twenty.',
    action: 'version.read',
    params: FunctionParams,
    query: PageQuery,
    answer: { status: 200, json: page(RolloutView) },
    problems: ['not_found'],
  }),
  getRollout: defineRoute({
    method: 'get',
    path: PATH,
    tag: 'Rollouts',
    summary: 'Describe the rollout that is under way, or was last',
    action: 'version.read',
    params: FunctionParams,
    answer: { status: 200, json: RolloutView },
    problems: ['not_found'],
  }),
  watchRollout: defineRoute({
    method: 'get',
    path: `${PATH}/events`,
    tag: 'Rollouts',
    summary: 'Watch a rollout',
    description:
      'Server-sent events: `state` on connect and whenever the rollout or its figures change, `end` once it is over; then ' +
      'the stream ends. It ends without `end` when the function was deleted.',
    action: 'version.read',
    params: FunctionParams,
    answer: { status: 200, events: { state: RolloutView, end: RolloutView } },
    problems: ['not_found'],
  }),
  steerRollout: defineRoute({
    method: 'post',
    path: `${PATH}/:action`,
    tag: 'Rollouts',
    summary: 'Pause a rollout, resume it, or make its version live now',
    description: 'Resuming begins the present step anew.',
    action: 'function.promote',
    params: FunctionParams.extend({ action: z.enum(['pause', 'resume', 'promote']) }),
    answer: { status: 200, json: RolloutView },
    problems: ['not_found', 'conflict'],
  }),
  abortRollout: defineRoute({
    method: 'delete',
    path: PATH,
    tag: 'Rollouts',
    summary: 'Abort a rollout: alias `live` goes back to what it named before',
    action: 'function.promote',
    params: FunctionParams,
    answer: { status: 200, json: RolloutView },
    problems: ['not_found', 'conflict'],
  }),
};
