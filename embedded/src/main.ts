import { runService } from '@plat/platform-kit/run-service.ts';
import { announce } from './announce.ts';
import { readConfig } from './config.ts';
import { start } from './start.ts';

await runService(async () => {
  const startedAt = performance.now();
  const config = readConfig();
  const running = await start(config);
  await announce(running.url, config, (performance.now() - startedAt) / 1000);
  return running;
});
