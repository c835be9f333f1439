import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serverFolders, type Runtime } from '@plat/platform-kit/runtime-folder.ts';
import type { Environment, Instance, Launcher } from './launcher.ts';

/** Runs the servers as plain processes of this host, without a build. For working on a runtime: seconds, not minutes. */
export function createProcessLauncher(): Launcher {
  return {
    async prepare(runtime, sourceFolder) {
      const server = await mkdtemp(path.join(tmpdir(), 'plat-server-'));
      for (const folder of serverFolders(runtime)) await cp(folder, server, { recursive: true });
      const command = await readEntrypoint(runtime, server);
      return {
        start: (environment) => startProcess(command, sourceFolder, environment),
        startGeneric: async () => {
          const folder = await mkdtemp(path.join(tmpdir(), 'plat-generic-'));
          const instance = await startProcess(command, folder, { PLAT_GENERIC: '1' });
          const remove = async () => {
            await instance.remove();
            await rm(folder, { recursive: true, force: true });
          };
          return { ...instance, remove };
        },
        remove: () => rm(server, { recursive: true, force: true }),
      };
    },
    close: async () => {},
  };
}

async function readEntrypoint(runtime: Runtime, server: string): Promise<string[]> {
  const dockerfile = await readFile(path.join(runtime.folder, 'Dockerfile'), 'utf8');
  const found = /^ENTRYPOINT (\[.*\])$/m.exec(dockerfile)?.[1];
  if (found === undefined) throw new Error(`${runtime.folder}/Dockerfile has no exec-form ENTRYPOINT.`);
  const words = (JSON.parse(found) as string[]).map((word) => word.replace(/^\/opt\/plat/, server));
  return words.map((word, index) => (index === 0 && word === 'python' ? 'python3' : word));
}

async function startProcess(command: string[], cwd: string, environment: Environment): Promise<Instance> {
  const port = await freePort();
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...environment, PORT: String(port) };
  const child = spawn(command[0]!, command.slice(1), { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const printed: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => printed.push(chunk));
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? -1));
  });
  return {
    host: '127.0.0.1',
    port,
    logs: () => Buffer.concat(printed).toString('utf8'),
    terminate: async () => void child.kill('SIGTERM'),
    ended,
    remove: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
