import { createPrompts } from './prompts.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { readEnvironment } from './environment.ts';
import { run } from './run.ts';
import { stdinKind } from './stdin.ts';
import { createSink } from './terminal.ts';

/** Runs `plat` with the arguments and streams of this process, and ends it. `bin/plat.mjs` calls it. */
export async function main(options: { packageFolder: string; version: string }): Promise<never> {
  const environment = readEnvironment();
  const stop = new AbortController();
  const onStop = () => {
    if (stop.signal.aborted) process.exit(EXIT_CODES.interrupted.code);
    stop.abort();
  };
  process.on('SIGINT', onStop);
  process.on('SIGTERM', onStop);
  const isInteractive = process.stdin.isTTY && process.stderr.isTTY;
  const code = await run(
    process.argv.slice(2),
    {
      cwd: process.cwd(),
      environment,
      out: createSink(process.stdout, environment),
      err: createSink(process.stderr, environment),
      stdin: { kind: process.stdin.isTTY ? 'terminal' : stdinKind(), stream: process.stdin },
      prompts: createPrompts({
        input: process.stdin,
        output: process.stderr,
        isInteractive,
        signal: stop.signal,
      }),
      signal: stop.signal,
      packageFolder: options.packageFolder,
      now: Date.now,
    },
    options.version,
  );
  process.exit(code);
}
