// Writes a random secret into each of the files named, unless it is there: mode 0440, for this user and group alone.
import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, rmSync, writeFileSync } from 'node:fs';

for (const file of process.argv.slice(2)) {
  // Linked into place whole: nobody ever reads half a secret, and of two runs one wins.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o400 });
  chmodSync(draft, 0o440);
  try {
    linkSync(draft, file);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
}
