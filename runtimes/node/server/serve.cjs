'use strict';

const { callStorage } = require('./call.cjs');
const { Instance } = require('./instance.cjs');
const { describeForLog } = require('./invoke-handler.cjs');
const { describeImportError } = require('./load-handler.cjs');
const { frameStream } = require('./logs.cjs');
const { parseOptions } = require('./options.cjs');
const { rehearse } = require('./rehearse.cjs');
const { createRuntimeServer } = require('./server.cjs');

/** Calls in flight get this long to end before the process does. */
const DRAIN_MS = 25_000;

/**
 * Serves what `load` gives, or the reason of its LoadError, until the process is told to end.
 * @param {object} deps
 * @param {(options: import('./options.cjs').RuntimeOptions) => Promise<Function>} deps.load
 * @param {import('./call.cjs').Meter} [deps.meter]
 */
async function serve({ load, meter }) {
  const options = parseOptions(process.env, process.cwd());
  const currentCall = () => callStorage.getStore();
  const framers = [frameStream(process.stdout, currentCall), frameStream(process.stderr, currentCall)];
  const instance = new Instance(options, { load, meter });
  const server = createRuntimeServer(instance, {
    endOfCall: (requestId) => {
      for (const framer of framers) framer.flush(requestId);
      if (isStopping) stopIfIdle();
    },
  });
  let isStopping = false;
  let exitCode = 0;

  process.on('exit', () => {
    for (const framer of framers) framer.flushAll();
  });
  process.on('SIGTERM', () => stop(0));
  process.on('SIGINT', () => stop(0));
  process.on('uncaughtException', failCall);
  process.on('unhandledRejection', failCall);

  if (options.isGeneric) await rehearse(options, { load });
  server.listen(options.port, options.host);
  if (!options.isGeneric) await instance.load();

  /** Fails the call that an exception nobody caught belongs to; one that belongs to none ends the process. @param {unknown} error */
  function failCall(error) {
    if (/** @type {any} */ (error)?.syscall === 'listen') {
      process.stderr.write(`${describeForLog(error)}\n`);
      process.exit(1);
    }
    const running = [...instance.slots.running];
    const call = callStorage.getStore() ?? (running.length === 1 ? running[0] : undefined);
    if (call?.fail?.(error)) return;
    if (instance.state.status === 'loading')
      return instance.failLoading(describeImportError(error, instance.options.appDir), error);
    process.stderr.write(`An exception outside of any call ends this instance: ${describeForLog(error)}\n`);
    stop(1);
  }

  /** Takes no further connection, lets the calls in flight end, then exits. @param {number} code */
  function stop(code) {
    if (isStopping) return;
    isStopping = true;
    exitCode = code;
    server.close();
    setTimeout(() => process.exit(exitCode), DRAIN_MS);
    stopIfIdle();
  }

  function stopIfIdle() {
    server.closeIdleConnections();
    // The last answer still has to reach the socket.
    if (instance.slots.running.size === 0)
      setTimeout(() => instance.slots.running.size === 0 && process.exit(exitCode), 20);
  }
}

module.exports = { serve };
