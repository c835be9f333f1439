import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Host } from '../context.ts';
import type { Prompts } from '../prompts.ts';
import { run } from '../run.ts';
import type { Sink } from '../terminal.ts';

export type RunOptions = {
  cwd?: string;
  apiUrl?: string;
  token?: string;
  stdin?: string;
  isTty?: boolean;
  prompts?: Partial<Prompts>;
  signal?: AbortSignal;
  packageFolder?: string;
};

export type RunResult = { code: number; out: string; err: string };

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));

/** A folder of its own with the program in it: working directory and configuration are made up and removed again. */
export function createTestHost() {
  const home = mkdtempSync(path.join(os.tmpdir(), 'plat-cli-test-'));
  const cwd = mkdtempSync(path.join(home, 'work-'));
  return {
    cwd,
    configFolder: path.join(home, 'config'),
    remove: () => rmSync(home, { recursive: true, force: true }),
    run: async (argv: string[], options: RunOptions = {}): Promise<RunResult> => {
      const out = capture(options.isTty);
      const err = capture(options.isTty);
      const host: Host = {
        cwd: options.cwd ?? cwd,
        environment: {
          apiUrl: options.apiUrl,
          token: options.token,
          project: undefined,
          isColorOff: true,
          configFolder: path.join(home, 'config'),
        },
        out: out.sink,
        err: err.sink,
        stdin: {
          kind: options.stdin === undefined ? 'none' : 'piped',
          stream: Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]),
        },
        prompts: { ...noPrompts, ...options.prompts },
        signal: options.signal ?? new AbortController().signal,
        packageFolder: options.packageFolder ?? PACKAGE,
        now: () => Date.parse('2026-01-01T01:00:00.000Z'),
      };
      const code = await run(argv, host, '1.2.3');
      return { code, out: out.text(), err: err.text() };
    },
  };
}

const unasked = () => Promise.reject(new Error('nobody was to be asked'));
const noPrompts: Prompts = {
  isInteractive: false,
  text: unasked,
  select: unasked,
  secret: unasked,
  confirm: unasked,
};

function capture(isTty = false): { sink: Sink; text: () => string } {
  const chunks: Buffer[] = [];
  return {
    sink: {
      isTty,
      columns: isTty ? 80 : undefined,
      hasColor: false,
      write: async (chunk) => void chunks.push(Buffer.from(chunk)),
    },
    text: () => Buffer.concat(chunks).toString('utf8'),
  };
}
