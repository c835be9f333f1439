import { spawn } from 'node:child_process';
import { newId } from '@plat/platform-kit/ids.ts';
import { confine, type Confinement, type Mount } from '@plat/platform-kit/process/confinement.ts';
import { INSTANCE_MARKER, killMembers } from '@plat/platform-kit/process/process-tree.mjs';
import { BuildStepError } from '../image-builder.ts';

const TAIL_LINES = 200;
const LINE_LIMIT = 4000;
const GIB = 1024 ** 3;

export type StepOptions = {
  confinement: Confinement;
  command: readonly string[];
  cwd: string;
  mounts: readonly Mount[];
  env: Record<string, string>;
  uid: number | undefined;
  memoryBytes: number;
  onLine: (text: string) => void;
  signal: AbortSignal;
};

/**
 * Runs one command of a build on this host and hands on what it prints. Whatever it started is gone when this returns.
 * Throws BuildStepError when it does not end with 0, and the reason of `signal` when that aborts.
 */
export async function runStep(options: StepOptions): Promise<void> {
  const { command, signal, uid } = options;
  signal.throwIfAborted();
  const id = newId();
  const { file, args, cwd } = confine(options.confinement, {
    ...options,
    limits: { dataBytes: options.memoryBytes, fileBytes: 2 * GIB, processes: 4096, tmpBytes: GIB },
  });
  const child = spawn(file, args, {
    cwd,
    env: { ...options.env, [INSTANCE_MARKER]: id },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const tail: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    const add = (line: string) => {
      const text = line.replace(/\r$/, '').slice(0, LINE_LIMIT);
      if (!text.trim()) return;
      tail.push(text);
      if (tail.length > TAIL_LINES) tail.shift();
      options.onLine(text);
    };
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = (lines.pop() ?? '').slice(0, LINE_LIMIT);
      for (const line of lines) add(line);
    });
    stream.on('close', () => add(rest));
  }
  const killAll = () => void killMembers({ id, leader: child.pid ?? null, uid: uid ?? null });
  signal.addEventListener('abort', killAll, { once: true });
  try {
    const ended = await new Promise<string | undefined>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      // Its children may hold the output open for ever.
      child.once('exit', killAll);
      child.once('close', (code, killedBy) =>
        resolve(code === 0 ? undefined : `exit code: ${killedBy === 'SIGKILL' ? 137 : (code ?? killedBy)}`),
      );
    });
    signal.throwIfAborted();
    if (ended !== undefined) throw new BuildStepError({ name: command.join(' '), error: ended, tail });
  } finally {
    signal.removeEventListener('abort', killAll);
    await killMembers({ id, leader: null, uid: uid ?? null });
  }
}
