import { mkdirSync, readFileSync, renameSync, watch, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { pause } from './waiting.ts';

/**
 * What runs functions where both engines may: processes of this host, or containers. `moving`: what is built becomes
 * images from now on, and each version runs where its image is, until the last process is gone.
 */
export const EnginePhase = z.enum(['process', 'moving', 'docker']);
export type EnginePhase = z.output<typeof EnginePhase>;

const Stored = z.object({ phase: EnginePhase });
/** Beside the notifications of the file system, which may get lost. */
const LOOK_EVERY_MS = 1000;

const fileIn = (folder: string) => path.join(folder, 'engine.json');

/** The phase that the function-controller wrote to PROCESS_DIR; undefined when it wrote none. A small file, read at once. */
export function storedPhase(folder: string): EnginePhase | undefined {
  try {
    return Stored.parse(JSON.parse(readFileSync(fileIn(folder), 'utf8'))).phase;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${fileIn(folder)} cannot be read; remove it and start Plat again.`, { cause: error });
  }
}

/** For those who follow: until a phase is written, processes. */
export function readPhase(folder: string): EnginePhase {
  return storedPhase(folder) ?? 'process';
}

/** For the owner of the phase alone. Written as a whole: a reader sees the old one or the new one. */
export function writePhase(folder: string, phase: EnginePhase): void {
  const file = fileIn(folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, JSON.stringify({ phase } satisfies z.output<typeof Stored>));
  renameSync(`${file}.new`, file);
}

/** Ends once another phase than `known` is written, or `signal` aborts. */
export async function untilPhaseChanges(
  folder: string,
  known: EnginePhase,
  signal: AbortSignal,
): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let wake = new AbortController();
  const stop = () => wake.abort();
  const watcher = watch(folder, stop);
  watcher.on('error', () => undefined);
  signal.addEventListener('abort', stop, { once: true });
  try {
    while (!signal.aborted && readPhase(folder) === known) {
      await pause(LOOK_EVERY_MS, wake.signal);
      wake = new AbortController();
    }
  } finally {
    signal.removeEventListener('abort', stop);
    watcher.close();
  }
}
