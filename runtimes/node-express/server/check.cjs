'use strict';

const { findCommand } = require('./find-command.cjs');

// Run while the image is built, so that a source without a server fails there, and says why.
try {
  findCommand('/app');
} catch (error) {
  process.stderr.write(`plat: error: ${/** @type {Error} */ (error).message}\n`);
  process.exit(1);
}
