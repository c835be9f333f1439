'use strict';

const { spawn } = require('node:child_process');
const Module = require('node:module');
const { resolve } = require('node:path');
const { findCommand } = require('./find-command.cjs');

const command = findCommand(process.cwd());

if (command.kind === 'node' && !command.args[0].startsWith('-')) {
  // In this process: another one would cost its start and its memory.
  const { measureCalls } = require('./measure-calls.cjs');
  measureCalls();
  process.argv.splice(1, process.argv.length, resolve(command.args[0]), ...command.args.slice(1));
  // The way Node.js itself starts a program, so that `require.main === module` holds.
  /** @type {any} */ (Module).runMain();
} else {
  const measuring = ['--import', require.resolve('./measure-on-load.cjs')];
  const [file, args] =
    command.kind === 'npm'
      ? ['npm', ['start', '--silent']]
      : [process.execPath, [...measuring, ...command.args]];
  const child = spawn(file, args, { stdio: 'inherit' });
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGINT']))
    process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`${file} cannot be started: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGTERM' ? 0 : 1)));
}
