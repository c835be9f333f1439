import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { poll } from '@plat/platform-kit/waiting.ts';
import { treeOf } from '../processes.ts';
import { PeerMissing, type Peer } from './peer.ts';

/** Starts a program that listens on `port`, and resolves once it does. */
export async function startProcess(options: {
  name: string;
  file: string;
  args: string[];
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  port: number;
}): Promise<Peer> {
  const { name, file, args, port, ...rest } = options;
  let output = '';
  let isGone = false;
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...rest });
  const gone = new Promise<void>((resolve) => {
    child.once('close', resolve).once('error', (error) => {
      output += error.message;
      resolve();
    });
  }).then(() => (isGone = true));
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const close = async () => {
    child.kill('SIGTERM');
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 5000).unref())]);
    if (!isGone) child.kill('SIGKILL');
  };
  const isUp = await poll(async () => (isGone ? false : (await answers(port)) || undefined), {
    intervalMs: 50,
    timeoutMs: 15_000,
  });
  if (!isUp) {
    await close();
    throw new PeerMissing(`${name} did not start: ${output.trim().split('\n').at(-1) ?? 'no word from it'}`);
  }
  return { name, url: `http://127.0.0.1:${port}`, pids: () => treeOf(child.pid!), close };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
