import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describeBlobStore } from './blob-store.contract.ts';
import { createFolderBlobStore } from './folder-blob-store.ts';

describeBlobStore('folder', async () => {
  const root = await mkdtemp(path.join(os.tmpdir(), 'plat-blobs-'));
  const stagingFolder = path.join(root, 'staging');
  return {
    store: createFolderBlobStore({ folder: path.join(root, 'blobs'), stagingFolder }),
    leftovers: async () => (await readdir(stagingFolder)).length,
    close: () => rm(root, { recursive: true, force: true }),
  };
});
