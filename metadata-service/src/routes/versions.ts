import { BUILD_STATES } from '@plat/platform-kit/api/builds-api.ts';
import { VersionError } from '@plat/platform-kit/domain.ts';
import { FunctionConfig } from '@plat/platform-kit/function-config.ts';
import { assertName } from '@plat/platform-kit/names.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { RolloutPlan } from '@plat/platform-kit/rollout.ts';
import { VERSION_STATES, type VersionState } from '@plat/platform-kit/version-states.ts';
import { Router } from 'express';
import { z } from 'zod';
import type { Store } from '../store/store.ts';
import { Actor, Digest, Idempotency, Limit, VersionNumber, versionParam } from './inputs.ts';

const ImageRef = z
  .string()
  .max(512)
  .regex(/^[^@\s]+@sha256:[0-9a-f]{64}$/, 'expected <registry>/<repository>@sha256:<hex>');

const State = z.enum(VERSION_STATES as [VersionState, ...VersionState[]]);

const NewVersionBody = z.strictObject({
  config: FunctionConfig,
  sourceDigest: Digest,
  sourceBytes: z.int().min(0),
  promote: z.boolean(),
  rollout: RolloutPlan.optional(),
  actor: Actor,
  idempotency: Idempotency.optional(),
});

const ReleaseBody = z.strictObject({ imageId: Digest, actor: Actor });

const ListQuery = z.strictObject({ before: VersionNumber.optional(), limit: Limit });

const BuildsQuery = z.strictObject({
  project: z.string().optional(),
  function: z.string().optional(),
  state: z.enum(BUILD_STATES).optional(),
  since: z.iso.datetime().optional(),
  q: z.string().optional(),
  before: z.string().optional(),
  limit: Limit,
});

/** `starting` brings the image it built, `failed` why; no other state has either. */
const TransitionBody = z
  .strictObject({
    from: State,
    to: State,
    imageId: Digest.optional(),
    imageReused: z.boolean().optional(),
    imageRef: ImageRef.optional(),
    error: VersionError.optional(),
    actor: Actor,
  })
  .superRefine(({ to, imageId, imageReused, imageRef, error }, context) => {
    const issue = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (to === 'starting' && !imageId) issue('imageId', 'a version that is starting has an image');
    if (to !== 'starting' && imageId) issue('imageId', `only goes with "starting", not with "${to}"`);
    if (to !== 'starting' && imageReused !== undefined)
      issue('imageReused', `only goes with "starting", not with "${to}"`);
    if (to !== 'starting' && imageRef) issue('imageRef', `only goes with "starting", not with "${to}"`);
    if (to === 'failed' && !error) issue('error', 'a version that failed says why');
    if (to !== 'failed' && error) issue('error', `only goes with "failed", not with "${to}"`);
  });

const ReplacementBody = z.strictObject({
  from: Digest,
  imageId: Digest,
  imageRef: ImageRef.optional(),
  actor: Actor,
});

export function versionRoutes(store: Store): Router {
  const router = Router();

  router.post('/projects/:project/functions/:name/versions', async (req, res) => {
    assertName('project', req.params.project);
    assertName('function', req.params.name);
    const version = parseInput(NewVersionBody, req.body, 'The version');
    res.status(201).json(await store.createVersion(req.params, version));
  });

  router.get('/projects/:project/functions/:name/versions', async (req, res) => {
    res.json(await store.listVersions(req.params, parseInput(ListQuery, req.query, 'The query')));
  });

  router.get('/builds', async (req, res) => {
    const { before, limit, ...filter } = parseInput(BuildsQuery, req.query, 'The query');
    res.json(await store.listBuilds(filter, { before, limit }));
  });

  router.get('/projects/:project/functions/:name/versions/:version', async (req, res) => {
    const { project, name, version } = req.params;
    res.json(await store.getVersion({ project, name }, versionParam(version)));
  });

  router.post('/versions/:functionId/:version/transition', async (req, res) => {
    const { functionId, version } = req.params;
    const transition = parseInput(TransitionBody, req.body, 'The transition');
    res.json(await store.transitionVersion(functionId, versionParam(version), transition));
  });

  router.post('/versions/:functionId/:version/release-image', async (req, res) => {
    const { functionId, version } = req.params;
    const body = parseInput(ReleaseBody, req.body, 'The release');
    res.json(await store.releaseImage(functionId, versionParam(version), body));
  });

  router.post('/versions/:functionId/:version/image', async (req, res) => {
    const { functionId, version } = req.params;
    const replacement = parseInput(ReplacementBody, req.body, 'The image');
    res.json(await store.replaceImage(functionId, versionParam(version), replacement));
  });

  return router;
}
