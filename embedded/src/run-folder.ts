import { lstat, mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { StartError } from '@plat/platform-kit/run-service.ts';

/**
 * Makes the folder of the services' sockets, for this user alone. Throws StartError when it belongs to somebody else,
 * or when another platform already answers there.
 */
export async function openRunFolder(folder: string, dataDir: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== os.userInfo().uid || (found.mode & 0o077) !== 0) {
    throw new StartError(
      `${folder} must be a folder that only this user can open (mode 0700). Remove it and start again.`,
    );
  }
  if (await answers(path.join(folder, 'metadata.sock'))) {
    throw new StartError(
      `Another Plat already runs with the data folder ${dataDir}. Stop it, or set PLAT_DATA_DIR to another folder.`,
    );
  }
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.setTimeout(1000, () => socket.destroy());
    socket.once('connect', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
