import { Router } from 'express';
import { API } from '@plat/platform-kit/api/api.ts';
import type { BuildLogLine, VersionRecord } from '@plat/platform-kit/domain.ts';
import { openEventStream } from '@plat/platform-kit/sse.ts';
import { authorise, may } from '../authorise.ts';
import { bindRoute } from '../bind-route.ts';
import { cancelVersion } from '../cancel-version.ts';
import { collectEvents, relayBody, relayEvents } from '../event-relay.ts';
import { versionView } from '../function-view.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { sendVersionEvents } from '../version-events.ts';

const LOG_LIMIT_LINES = 100_000;

export function versionRoutes(deps: GatewayDeps): Router {
  const { metadata, builder, standing } = deps;
  const router = Router();

  bindRoute(router, API.listVersions, async ({ params: { project, name }, query, principal }) => {
    const page = await metadata.listVersions(project, name, query);
    const show = may(principal, 'function.read-environment', { project });
    return { ...page, items: page.items.map((version) => versionView(version, show)) };
  });

  bindRoute(router, API.listBuilds, async ({ query, principal }) => {
    const project = query.project ?? principal.project ?? undefined;
    const page = await metadata.listBuilds({ ...query, ...(project === undefined ? {} : { project }) });
    const items = page.items.map((version) =>
      versionView(version, may(principal, 'function.read-environment', { project: version.project })),
    );
    return { ...page, items };
  });

  bindRoute(router, API.getVersion, async ({ params: { project, name, number }, principal }) => {
    const version = await metadata.getVersion(project, name, number);
    return versionView(version, may(principal, 'function.read-environment', { project }));
  });

  bindRoute(router, API.watchVersion, async ({ res, params: { project, name, number }, principal }) => {
    authorise(principal, 'build-log.read', { project });
    const version = await metadata.getVersion(project, name, number);
    const show = may(principal, 'function.read-environment', { project });
    const signal = standing.watch(res, principal);
    const stream = openEventStream(res);
    const send = ({ event, data }: { event: string; data: unknown }) =>
      stream.send({ event, data: event === 'log' ? data : versionView(data as VersionRecord, show) });
    await sendVersionEvents(deps, version, send, signal);
    stream.end();
  });

  bindRoute(router, API.cancelVersion, async ({ params: { project, name, number }, principal }) => {
    const version = await cancelVersion(deps, { project, name, number, actor: principal.name });
    return versionView(version, may(principal, 'function.read-environment', { project }));
  });

  bindRoute(
    router,
    API.getBuildLog,
    async ({ res, params: { project, name, number }, query: { follow }, principal }) => {
      const { functionId } = await metadata.getVersion(project, name, number);
      const open = (signal: AbortSignal) => builder.buildLog(functionId, number, { follow, signal });
      if (follow) return relayEvents(res, standing.watch(res, principal), open);
      const items = await collectEvents(open, { event: 'line', limit: LOG_LIMIT_LINES, timeoutMs: 30_000 });
      return { items: items as BuildLogLine[], next: null };
    },
  );

  bindRoute(router, API.getSource, async ({ res, params: { project, name, number } }) => {
    const version = await metadata.getVersion(project, name, number);
    const archive = await builder.getSource(version.sourceDigest);
    res.setHeader('content-type', 'application/zip');
    res.setHeader('content-length', version.sourceBytes);
    res.setHeader('content-disposition', `attachment; filename="${project}-${name}-${number}.zip"`);
    await relayBody(res, archive);
  });
  return router;
}
