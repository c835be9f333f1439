import { listen, type Running } from '@plat/platform-kit/http-server.ts';
import { createLogger, type Logger } from '@plat/platform-kit/logging.ts';
import { createApp } from './app.ts';
import { timeCalls } from '@plat/platform-kit/telemetry/time-calls.ts';
import { ServiceMetrics } from '@plat/platform-kit/telemetry/service-metrics.ts';
import { ChangePoll } from './change-poll.ts';
import type { MetadataConfig } from './config.ts';
import { RecordedFeed } from './recorded-feed.ts';
import { Retention, type RetentionTiming } from './retention.ts';
import { RolloutClock } from './rollouts/rollout-clock.ts';
import { openStore } from './store/open-store.ts';

const DAY_MS = 86_400_000;

/**
 * Opens the database, brings it to the present schema, and listens. Throws ConfigError for a database that this
 * version cannot use. `close` is idempotent: it answers every long poll, drains, and closes the database last.
 */
export async function start(
  config: MetadataConfig,
  deps: { logger?: Logger; retention?: RetentionTiming } = {},
): Promise<Running> {
  const logger = deps.logger ?? createLogger('metadata-service', { level: config.LOG_LEVEL });
  const metrics = new ServiceMetrics();
  const opened = await openStore(config.DATABASE_URL, { connections: config.DATABASE_CONNECTIONS });
  const store = timeCalls(
    opened,
    metrics.timing({
      name: 'plat_store_operation_duration_seconds',
      help: 'What was asked of the database, a transaction each.',
      labels: ['operation', 'outcome'],
    }),
  );
  const changes = new ChangePoll(store);
  const recorded = new RecordedFeed();
  const retention = new Retention({
    store,
    logger,
    timing: deps.retention,
    keep: {
      executionsMs: config.EXECUTIONS_KEEP_DAYS * DAY_MS,
      executionsPerProject: config.EXECUTIONS_KEEP_COUNT,
      auditMs: config.AUDIT_KEEP_DAYS * DAY_MS,
    },
  });
  const rollouts = new RolloutClock({ store, logger });
  const app = createApp({
    store,
    changes,
    recorded,
    retention,
    databaseUrl: config.DATABASE_URL,
    logger,
    internalToken: config.INTERNAL_TOKEN,
    metrics,
  });
  const server = await listen(app, config.METADATA_LISTEN).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  retention.start();
  rollouts.start();
  logger.info({ url: server.url }, 'metadata service listens');

  const stop = async (): Promise<void> => {
    changes.close();
    recorded.close();
    await server.close();
    await Promise.all([retention.close(), rollouts.close()]);
    await store.close();
    logger.info({}, 'metadata service stopped');
  };
  let stopped: Promise<void> | undefined;
  return { url: server.url, close: () => (stopped ??= stop()) };
}
