'use strict';

const { subscribe } = require('node:diagnostics_channel');

/**
 * Adds to each answer of every server of this process what the call has used up to its head (docs/runtime-contract.md,
 * "Calls"). The user's server knows nothing of it.
 */
function measureCalls() {
  subscribe('http.server.request.start', (message) => {
    const { response } = /** @type {any} */ (message);
    const before = process.cpuUsage();
    const writeHead = response.writeHead;
    response.writeHead = (/** @type {any[]} */ ...args) => {
      const { user, system } = process.cpuUsage(before);
      response.setHeader('x-plat-cpu-us', user + system);
      response.setHeader('x-plat-memory-bytes', process.resourceUsage().maxRSS * 1024);
      return writeHead.apply(response, args);
    };
  });
}

module.exports = { measureCalls };
