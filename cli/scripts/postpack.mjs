import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

// In the repository the sources run, not a bundle that grows old.
for (const made of ['../dist', '../templates']) {
  await rm(fileURLToPath(new URL(made, import.meta.url)), { recursive: true, force: true });
}
