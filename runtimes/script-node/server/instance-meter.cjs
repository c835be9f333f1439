'use strict';

const { readFileSync } = require('node:fs');
const { processMeter } = require('./call.cjs');

const CGROUP = '/sys/fs/cgroup';

/**
 * Measures the whole instance by its control group, because Node.js does not tell what child processes used. Without
 * one that can be read, only the server's own process is measured.
 * @returns {import('./call.cjs').Meter}
 */
function instanceMeter() {
  return {
    cpuUs: () => {
      const usedUs = number(read('cpu.stat'), /^usage_usec (\d+)$/m);
      if (usedUs !== undefined) return usedUs;
      const usedNs = number(read('cpuacct/cpuacct.usage'), /^(\d+)/);
      return usedNs === undefined ? processMeter.cpuUs() : Math.round(usedNs / 1000);
    },
    memoryBytes: () =>
      number(read('memory.peak'), /^(\d+)/) ??
      number(read('memory/memory.max_usage_in_bytes'), /^(\d+)/) ??
      processMeter.memoryBytes(),
  };
}

/** @param {string} text @param {RegExp} pattern */
function number(text, pattern) {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** @param {string} name */
function read(name) {
  try {
    return readFileSync(`${CGROUP}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

module.exports = { instanceMeter };
