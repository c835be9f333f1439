import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { repository } from './ensure-installed.mjs';

/** Runs a tool of the repository with this Node; returns its exit status. */
export function runTool(name, args, options = {}) {
  const { status, signal } = spawnSync(toolFile(name), args, {
    cwd: repository,
    stdio: 'inherit',
    ...options,
  });
  return signal ? 1 : (status ?? 1);
}

/**
 * Starts a tool beside whatever runs next, in a process of its own. What it returns waits for its end, shows what it
 * printed, and resolves with its exit status.
 */
export function startTool(name, args) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plat-tool-'));
  // A file, because nobody empties a pipe while another tool is waited for.
  const output = path.join(folder, 'output');
  const fd = openSync(output, 'w');
  const child = spawn(toolFile(name), args, { cwd: repository, stdio: ['ignore', fd, fd] });
  closeSync(fd);
  const ended = once(child, 'exit');
  return async () => {
    const [status] = await ended;
    process.stdout.write(readFileSync(output));
    rmSync(folder, { recursive: true });
    return status ?? 1;
  };
}

function toolFile(name) {
  return path.join(repository, 'node_modules', '.bin', name);
}
