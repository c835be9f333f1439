import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ensureDashboard } from './dashboard.mjs';
import { repository } from './ensure-installed.mjs';

/** What a browser may have to load, compressed, before the first page works. */
const FIRST_LOAD_LIMIT_BYTES = 250 * 1024;

/** Pages that somebody comes to first. */
const FIRST_PAGES = [
  'src/features/overview/components/overview-page.tsx',
  'src/features/functions/components/functions-page.tsx',
];

/** Builds the dashboard when it must, and holds its first load to the limit. Returns an exit status. */
export function checkDashboard() {
  if (!ensureDashboard()) return 1;
  const dist = path.join(repository, 'platform-ui/dist');
  const manifest = readJson(path.join(dist, '.vite/manifest.json'));
  const { files } = readJson(path.join(dist, 'files.json'));
  let status = 0;
  for (const page of FIRST_PAGES) {
    const scripts = [...new Set(['index.html', page].flatMap((key) => closure(manifest, key)))];
    const bytes = scripts.reduce((sum, file) => sum + files[file].gzipBytes, 0);
    const isTooMuch = bytes > FIRST_LOAD_LIMIT_BYTES;
    process.stdout.write(
      `${page}: ${(bytes / 1024).toFixed(1)} KiB of compressed JavaScript at first, of at most ${FIRST_LOAD_LIMIT_BYTES / 1024}\n`,
    );
    if (isTooMuch) status = 1;
  }
  return status;
}

/** The scripts that a chunk cannot do without. */
function closure(manifest, key, seen = new Set()) {
  if (seen.has(key)) return [];
  seen.add(key);
  const chunk = manifest[key];
  if (!chunk) throw new Error(`The dashboard's build has no ${key}.`);
  return [chunk.file, ...(chunk.imports ?? []).flatMap((name) => closure(manifest, name, seen))].filter(
    (file) => file.endsWith('.js'),
  );
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
