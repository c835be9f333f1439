import { z } from 'zod';
import { BuildLogLine, VersionRecord } from '../domain.ts';
import { FunctionConfigInput } from '../function-config.ts';
import { RolloutPlanInput } from '../rollout.ts';
import { FunctionParams, PageLimit, QueryFlag, VersionNumber, VersionParams, page } from './inputs.ts';
import { defineRoute } from './route.ts';

const PATH = '/projects/:project/functions/:name/versions';

/** Part `options` of a deploy. */
export const DeployOptions = z.strictObject({
  promote: z
    .boolean()
    .default(true)
    .meta({ description: 'Whether alias `live` moves to the version once it is ready.' }),
  rollout: RolloutPlanInput.optional().meta({
    description:
      'Alias `live` moves to the version in steps instead, once it is ready; see `POST …/rollout`.',
  }),
});

/** The parts of a deploy's form, in any order. */
export const DeployForm = z.object({
  config: FunctionConfigInput,
  options: DeployOptions.optional(),
  source: z.string().meta({ description: 'The source as a zip archive.' }),
});

export const versionsApi = {
  deploy: defineRoute({
    method: 'post',
    path: PATH,
    tag: 'Versions',
    summary: 'Deploy: make the next version of a function, and the function when it is new',
    description:
      'Answers as soon as the source is taken; watch the version’s events. `config` and `options` have at most 256 KiB each. ' +
      '`too_large` above the size that `GET /system` names.',
    action: 'function.deploy',
    params: FunctionParams,
    body: { form: DeployForm, binary: ['source'] },
    idempotent: true,
    answer: { status: 202, json: VersionRecord, headers: ['location'] },
    problems: ['not_found', 'conflict', 'too_large'],
  }),
  listVersions: defineRoute({
    method: 'get',
    path: PATH,
    tag: 'Versions',
    summary: 'List versions, newest first',
    action: 'version.read',
    params: FunctionParams,
    query: z.strictObject({ before: VersionNumber.optional(), limit: PageLimit }),
    answer: { status: 200, json: page(VersionRecord) },
    problems: ['not_found'],
  }),
  getVersion: defineRoute({
    method: 'get',
    path: `${PATH}/:number`,
    tag: 'Versions',
    summary: 'Describe a version',
    action: 'version.read',
    params: VersionParams,
    answer: { status: 200, json: VersionRecord, headers: ['etag'] },
    problems: ['not_found'],
  }),
  watchVersion: defineRoute({
    method: 'get',
    path: `${PATH}/:number/events`,
    tag: 'Versions',
    summary: 'Watch a deploy',
    description:
      'Server-sent events: `state` on connect and on each change, `log` for each line of the build, `end` once the version is ' +
      'terminal; then the stream ends. Who connects again gets the present state and the whole log again. The stream ends ' +
      'without `end` when the function was deleted.',
    action: 'version.read',
    params: VersionParams,
    answer: { status: 200, events: { state: VersionRecord, log: BuildLogLine, end: VersionRecord } },
    problems: ['not_found'],
  }),
  cancelVersion: defineRoute({
    method: 'post',
    path: `${PATH}/:number/cancel`,
    tag: 'Versions',
    summary: 'Cancel a deploy that is not finished',
    action: 'version.cancel',
    params: VersionParams,
    answer: { status: 200, json: VersionRecord },
    problems: ['not_found', 'conflict'],
  }),
  getBuildLog: defineRoute({
    method: 'get',
    path: `${PATH}/:number/log`,
    tag: 'Versions',
    summary: 'Read the build log',
    description: 'With `follow=true` server-sent events: `line`, and `end` once the build is over.',
    action: 'build-log.read',
    params: VersionParams,
    query: z.strictObject({ follow: QueryFlag.default(false) }),
    answer: { status: 200, json: page(BuildLogLine), events: { line: BuildLogLine, end: z.unknown() } },
    problems: ['not_found'],
  }),
  getSource: defineRoute({
    method: 'get',
    path: `${PATH}/:number/source`,
    tag: 'Versions',
    summary: 'Download the source as it was uploaded',
    action: 'source.read',
    params: VersionParams,
    answer: { status: 200, binary: 'application/zip' },
    problems: ['not_found'],
  }),
};
