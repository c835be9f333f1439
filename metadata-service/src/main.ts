import { ConfigError } from '@plat/platform-kit/config.ts';
import { readConfig } from './config.ts';
import { start } from './start.ts';

try {
  const { close } = await start(readConfig());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void close().then(() => process.exit(0)));
  }
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
