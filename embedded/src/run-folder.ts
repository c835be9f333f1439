import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { StartError } from '@plat/platform-kit/run-service.ts';

/** A path of a Unix socket has at most 107 bytes (unix(7), sun_path). */
const SOCKET_PATH_LIMIT = 107;
const LONGEST_SOCKET = 'metadata.sock';

export type RunFolder = { socket: (service: string) => string; remove: () => Promise<void> };

/**
 * Where the services' sockets are: `<data>/run`, or a temporary folder when that path is too long for a socket. Throws
 * StartError when another platform already runs on this data folder.
 */
export async function openRunFolder(dataDir: string): Promise<RunFolder> {
  const folder = path.join(dataDir, 'run');
  const fits = Buffer.byteLength(path.join(folder, LONGEST_SOCKET)) <= SOCKET_PATH_LIMIT;
  const place = fits ? folder : await mkdtemp(path.join(os.tmpdir(), 'plat-'));
  await mkdir(place, { recursive: true, mode: 0o700 });
  if (await answers(path.join(place, LONGEST_SOCKET))) {
    throw new StartError(
      `Another Plat already runs with the data folder ${dataDir}. Stop it, or set PLAT_DATA_DIR to another folder.`,
    );
  }
  return {
    socket: (service) => `unix:${path.join(place, `${service}.sock`)}`,
    remove: async () => {
      if (!fits) await rm(place, { recursive: true, force: true });
    },
  };
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
