import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Installs what the lock file says when it is not there yet, so that a fresh clone needs nothing typed before. */
export function ensureInstalled() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    process.stderr.write(`Plat needs Node.js 20.19 or later; this is ${process.version}.\n`);
    process.exit(1);
  }
  if (isInstalled()) return;
  process.stderr.write('Installing dependencies from the lock file …\n');
  const npm = process.env.npm_execpath;
  const [command, args] = npm ? [process.execPath, [npm, 'ci']] : ['npm', ['ci']];
  const { status } = spawnSync(command, args, { cwd: repository, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) {
    process.stderr.write('npm ci failed; see above.\n');
    process.exit(1);
  }
}

/** Compares the lock file with what npm wrote down when it last installed. */
function isInstalled() {
  const wanted = readLock('package-lock.json');
  const present = readLock('node_modules/.package-lock.json');
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(
    ([name, entry]) =>
      !name.includes('node_modules/') ||
      entry.optional ||
      entry.peer ||
      present[name]?.version === entry.version ||
      entry.link,
  );
}

function readLock(name) {
  try {
    return JSON.parse(readFileSync(path.join(repository, name), 'utf8')).packages;
  } catch {
    return undefined;
  }
}
