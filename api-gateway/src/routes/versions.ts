import { Router } from 'express';
import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { openEventStream } from '@plat/platform-kit/sse.ts';
import { z } from 'zod';
import { authorise, may } from '../authorise.ts';
import { cancelVersion } from '../cancel-version.ts';
import { collectEvents, relayBody, relayEvents, whileWanted } from '../event-relay.ts';
import { versionView } from '../function-view.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { principalOf } from '../principal-of.ts';
import { PAGE_LIMIT, QueryFlag, VersionNumber, functionParams, versionParam } from '../request-params.ts';
import { sendVersionEvents } from '../version-events.ts';

const BASE = '/projects/:project/functions/:name/versions';
const LOG_LIMIT_LINES = 100_000;

const ListQuery = z.strictObject({ before: VersionNumber.optional(), limit: PAGE_LIMIT });
const LogQuery = z.strictObject({ follow: QueryFlag.default(false) });

export function versionRoutes(deps: GatewayDeps): Router {
  const { metadata, builder, closing } = deps;
  const router = Router();

  router.get(BASE, async (req, res) => {
    const principal = principalOf(res);
    const { project, name } = functionParams(req);
    authorise(principal, 'version.read', { project });
    const query = parseInput(ListQuery, req.query, 'The query');
    const page = await metadata.listVersions(project, name, query);
    const show = may(principal, 'function.read-environment', { project });
    res.json({ ...page, items: page.items.map((version) => versionView(version, show)) });
  });

  router.get(`${BASE}/:number`, async (req, res) => {
    const principal = principalOf(res);
    const { project, name } = functionParams(req);
    const number = versionParam(req);
    authorise(principal, 'version.read', { project });
    const version = await metadata.getVersion(project, name, number);
    res.json(versionView(version, may(principal, 'function.read-environment', { project })));
  });

  router.get(`${BASE}/:number/events`, async (req, res) => {
    const principal = principalOf(res);
    const { project, name } = functionParams(req);
    const number = versionParam(req);
    authorise(principal, 'version.read', { project });
    authorise(principal, 'build-log.read', { project });
    const version = await metadata.getVersion(project, name, number);
    const show = may(principal, 'function.read-environment', { project });
    const signal = whileWanted(res, closing);
    const stream = openEventStream(res);
    const send = ({ event, data }: { event: string; data: unknown }) =>
      stream.send({ event, data: event === 'log' ? data : versionView(data as VersionRecord, show) });
    await sendVersionEvents(deps, version, send, signal);
    stream.end();
  });

  router.post(`${BASE}/:number/cancel`, async (req, res) => {
    const principal = principalOf(res);
    const { project, name } = functionParams(req);
    const number = versionParam(req);
    authorise(principal, 'version.cancel', { project });
    res.json(await cancelVersion(deps, { project, name, number, actor: principal.name }));
  });

  router.get(`${BASE}/:number/log`, async (req, res) => {
    const principal = principalOf(res);
    const { project, name } = functionParams(req);
    const number = versionParam(req);
    authorise(principal, 'build-log.read', { project });
    const { follow } = parseInput(LogQuery, req.query, 'The query');
    const { functionId } = await metadata.getVersion(project, name, number);
    const open = (signal: AbortSignal) => builder.buildLog(functionId, number, { follow, signal });
    if (follow) return relayEvents(res, closing, open);
    const items = await collectEvents(open, { event: 'line', limit: LOG_LIMIT_LINES, timeoutMs: 30_000 });
    res.json({ items });
  });

  router.get(`${BASE}/:number/source`, async (req, res) => {
    const principal = principalOf(res);
    const { project, name } = functionParams(req);
    const number = versionParam(req);
    authorise(principal, 'source.read', { project });
    const version = await metadata.getVersion(project, name, number);
    const archive = await builder.getSource(version.sourceDigest);
    res.setHeader('content-type', 'application/zip');
    res.setHeader('content-length', version.sourceBytes);
    res.setHeader('content-disposition', `attachment; filename="${project}-${name}-${number}.zip"`);
    await relayBody(res, archive);
  });
  return router;
}
