import { runService } from '@plat/platform-kit/run-service.ts';
import { readConfig } from './config.ts';
import { start } from './start.ts';

await runService(() => start(readConfig()));
