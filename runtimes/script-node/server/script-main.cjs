'use strict';

const { findScript } = require('./find-script.cjs');
const { instanceMeter } = require('./instance-meter.cjs');
const { createScriptHandler } = require('./run-script.cjs');
const { serve } = require('./serve.cjs');

const command = [process.execPath, '--disable-warning=ExperimentalWarning'];

void serve({
  load: async ({ appDir }) => {
    const file = findScript({ handler: process.env.PLAT_HANDLER, appDir });
    return createScriptHandler({ command: [...command, file], appDir, env: process.env });
  },
  meter: instanceMeter(),
});
