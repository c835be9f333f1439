/**
 * The dashboard's built files: `platform-ui/dist`. It is built when it is missing or older than what it is made of, which
 * the digest beside it tells; else nothing happens.
 */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repository } from './ensure-installed.mjs';
import { runTool } from './run-tool.mjs';

const FOLDER = path.join(repository, 'platform-ui');
const DIST = path.join(FOLDER, 'dist');
const MADE_OF = ['platform-ui', 'platform-kit/src', 'runtimes', 'package-lock.json'];
const LEFT_OUT = new Set(['dist', 'node_modules', 'fixture', 'server', 'test', 'conformance']);

/** Builds when it must, and says so. Returns whether the built files are there and up to date. */
export function ensureDashboard() {
  const digest = sourceDigest();
  if (readOr(path.join(DIST, 'sources.sha256'), '') === digest) return true;
  process.stderr.write('Building the dashboard, which is needed only after its code has changed …\n');
  const fresh = `${DIST}-${process.pid}`;
  try {
    const status = runTool('vite', ['build', '--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn'], {
      cwd: FOLDER,
      stdio: ['ignore', 'ignore', 'inherit'],
      // Whoever asks: tests have another, and would leave React's own checks in what is served.
      env: { ...process.env, NODE_ENV: 'production' },
    });
    if (status !== 0) return false;
    writeFileSync(path.join(fresh, 'sources.sha256'), digest);
    replace(fresh);
    return true;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Another process may be doing the same: whose files are there in the end, they are the same. */
function replace(fresh) {
  const old = `${DIST}-old-${process.pid}`;
  try {
    renameSync(DIST, old);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  try {
    renameSync(fresh, DIST);
  } catch (error) {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  }
  rmSync(old, { recursive: true, force: true });
}

function sourceDigest() {
  const hash = createHash('sha256');
  for (const name of MADE_OF.flatMap((entry) => listFiles(entry)).sort()) {
    hash
      .update(`${name}\0`)
      .update(readFileSync(path.join(repository, name)))
      .update('\0');
  }
  return hash.digest('hex');
}

function listFiles(name) {
  let entries;
  try {
    entries = readdirSync(path.join(repository, name), { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOTDIR') return [name];
    throw error;
  }
  return entries.flatMap((entry) => {
    const inside = `${name}/${entry.name}`;
    if (entry.isFile()) return [inside];
    return entry.isDirectory() && !LEFT_OUT.has(entry.name) && !entry.name.startsWith('dist-')
      ? listFiles(inside)
      : [];
  });
}

function readOr(file, fallback) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return fallback;
  }
}
