import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { repository } from './ensure-installed.mjs';

/** Runs a tool of the repository with this Node; returns its exit status. */
export function runTool(name, args, options = {}) {
  const file = path.join(repository, 'node_modules', '.bin', name);
  const { status, signal } = spawnSync(file, args, { cwd: repository, stdio: 'inherit', ...options });
  return signal ? 1 : (status ?? 1);
}
