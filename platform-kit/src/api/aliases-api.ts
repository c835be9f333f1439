import { z } from 'zod';
import { AliasRecord, AliasWeight } from '../domain.ts';
import { Sticky } from '../sticky.ts';
import { AliasParams, FunctionParams, PageQuery, VersionNumber, page } from './inputs.ts';
import { defineRoute } from './route.ts';

const FUNCTION = '/projects/:project/functions/:name';

const Version = z.int('expected the number of a version').min(1);

/** One version, or several by weight; the gateway makes weights of both. */
export const AliasChange = z
  .strictObject({
    version: Version.optional(),
    weights: z.array(AliasWeight).min(1).max(10).optional(),
    sticky: Sticky.nullable().optional().meta({ description: 'What keeps a caller with one version; left as it is when missing, taken off by null.' }),
  })
  .refine((change) => (change.version === undefined) !== (change.weights === undefined), 'expected either "version" or "weights"')
  .refine(({ weights }) => !weights || weights.reduce((sum, { weight }) => sum + weight, 0) === 100, { path: ['weights'], error: 'the weights must sum to 100' })
  .refine(({ weights }) => !weights || new Set(weights.map(({ version }) => version)).size === weights.length, { path: ['weights'], error: 'each version may be there once' })
  .meta({ description: 'Either `version`, or `weights` that sum to 100 and name each version once.' }); // prettier-ignore

/** Which version alias `live` named most before and after. */
const LiveMove = z.object({ from: z.int().nullable(), to: z.int() });

/** The same before it is made, with all that the alias would name. */
const LivePreview = LiveMove.extend({ weights: z.array(AliasWeight) });

export const aliasesApi = {
  listAliases: defineRoute({
    method: 'get',
    path: `${FUNCTION}/aliases`,
    tag: 'Aliases',
    summary: 'List aliases, by name',
    action: 'version.read',
    params: FunctionParams,
    query: PageQuery,
    answer: { status: 200, json: page(AliasRecord) },
    problems: ['not_found'],
  }),
  getAlias: defineRoute({
    method: 'get',
    path: `${FUNCTION}/aliases/:alias`,
    tag: 'Aliases',
    summary: 'Describe an alias',
    action: 'version.read',
    params: AliasParams,
    answer: { status: 200, json: AliasRecord, headers: ['etag'] },
    problems: ['not_found'],
  }),
  setAlias: defineRoute({
    method: 'put',
    path: `${FUNCTION}/aliases/:alias`,
    tag: 'Aliases',
    summary: 'Point an alias at one version, or split its calls over several',
    action: 'function.promote',
    params: AliasParams,
    body: { json: AliasChange },
    ifMatch: true,
    answer: { status: 200, json: AliasRecord, headers: ['etag'] },
    problems: ['not_found', 'conflict'],
  }),
  deleteAlias: defineRoute({
    method: 'delete',
    path: `${FUNCTION}/aliases/:alias`,
    tag: 'Aliases',
    summary: 'Delete an alias; `live` cannot be deleted',
    action: 'function.promote',
    params: AliasParams,
    ifMatch: true,
    answer: { status: 204 },
    problems: ['not_found', 'conflict'],
  }),
  promote: defineRoute({
    method: 'post',
    path: `${FUNCTION}/promote`,
    tag: 'Aliases',
    summary: 'Move alias `live` to `version`, or to the newest version that is ready',
    description:
      '`If-Match` is compared with the `ETag` of alias `live`. `from` is null when nothing was live.',
    action: 'function.promote',
    params: FunctionParams,
    body: { json: z.strictObject({ version: Version.optional() }), isOptional: true },
    ifMatch: true,
    idempotent: true,
    answer: { status: 200, json: LiveMove },
    problems: ['not_found', 'conflict'],
  }),
  previewRollback: defineRoute({
    method: 'get',
    path: `${FUNCTION}/rollback`,
    tag: 'Aliases',
    summary: 'What a rollback would do now',
    description: '`conflict` when there is nothing to go back to, as the rollback itself would be.',
    action: 'version.read',
    params: FunctionParams,
    query: z.strictObject({ version: VersionNumber.optional() }),
    answer: { status: 200, json: LivePreview },
    problems: ['not_found', 'conflict'],
  }),
  rollback: defineRoute({
    method: 'post',
    path: `${FUNCTION}/rollback`,
    tag: 'Aliases',
    summary: 'Move alias `live` to `version`, or back to what it named before',
    description:
      'Sent again it goes back further, never to what was rolled back from. `If-Match` is compared with the `ETag` of alias `live`.',
    action: 'function.promote',
    params: FunctionParams,
    body: { json: z.strictObject({ version: Version.optional() }), isOptional: true },
    ifMatch: true,
    idempotent: true,
    answer: { status: 200, json: LiveMove },
    problems: ['not_found', 'conflict'],
  }),
};
