import { runService } from '@plat/platform-kit/run-service.ts';
import { readConfig } from './config.ts';
import { start } from './start.ts';

/** A request that a client sends on a kept connection arrives within this time after the last look at it. */
const LINGER_MS = 1000;

await runService(() => start(readConfig(), { lingerMs: LINGER_MS }));
