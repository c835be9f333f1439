import { findScript } from './find-script.mjs';
import { instanceMeter } from './instance-meter.mjs';
import { createScriptHandler } from './run-script.mjs';
import { serve } from './serve.mjs';

const command = [process.execPath, '--disable-warning=ExperimentalWarning'];

await serve({
  load: async ({ appDir }) => {
    const file = findScript({ handler: process.env.PLAT_HANDLER, appDir });
    return createScriptHandler({ command: [...command, file], appDir, env: process.env });
  },
  meter: instanceMeter(),
});
