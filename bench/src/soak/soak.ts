import { setMaxListeners } from 'node:events';
import { writeFunction } from '@plat/e2e/function-folder.ts';
import { Platform } from '@plat/e2e/platform.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import type { ClosedLoop } from '../load/closed-loop.ts';
import { cpuUs } from '../processes.ts';
import { FUNCTIONS } from './functions.ts';
import { HABITS, type Habit } from './habits.ts';
import { judgeGrowth, type Verdict } from './judge-growth.ts';
import { lookAt, openInspector, type Look } from './look.ts';

const SETTINGS = {
  RATE_LIMIT_PER_SECOND: '0',
  // Few enough that a short soak sees them go.
  EXECUTIONS_KEEP_COUNT: '2000',
  // Whatever port is free, when the platform is told to open its inspector.
  NODE_OPTIONS: '--inspect-port=0',
};
/** The last events are kept by number, at most 200 calls of each second, once somebody follows: half an hour would only fill that. */
const FILL = { connections: 1, seconds: 60 };
/** A look stops the platform for as long as it takes to walk over its heap; what times out meanwhile is the look's fault. */
const AFTER_LOOK_MS = 1000;
const LOOKS = 60;
const LEAST_BETWEEN_LOOKS_MS = 10_000;
const LOG_LINES = 300;
const MAX_FAILURES_KEPT = 20;

/** `stopped`: failed because of a look. */
type Done = { times: number; failed: number; stopped: number; failures: string[] };
/** When there was a look, as `performance.now()` says it; `endedAt` is infinite during one. */
type LastLook = { endedAt: number };

export type SoakReport = {
  minutes: number;
  looks: Look[];
  verdicts: Verdict[];
  /** What was done, by the habit's name. */
  habits: Record<string, Done>;
  /** Warnings of Node, and lines of the log that are errors, each once. */
  warnings: string[];
  /** The last lines of its log. */
  log: string[];
  /** CPU time of the platform's process, in cores. */
  cores: number;
};

/**
 * Lives with an embedded platform for as long as is wanted, in all the ways of {@link HABITS} at once at a moderate pace, and looks at
 * everything that could grow. `print` gets each look.
 */
export async function soak(
  load: ClosedLoop,
  minutes: number,
  print: (look: Look) => void,
): Promise<SoakReport> {
  const platform = await Platform.start(SETTINGS);
  try {
    for (const [name, files] of Object.entries(FUNCTIONS)) {
      const folder = await writeFunction(await platform.workFolder(name), files);
      await platform.platOk(['deploy'], { cwd: folder, timeoutMs: 300_000 });
    }
    const steady = { name: 'steady', url: `${platform.url}/function/steady`, headers: { authorization: 'Bearer dev-token' } }; // prettier-ignore
    const followed = await fetch(`${platform.url}/api/events`, { headers: steady.headers });
    await load.run(steady, FILL);
    await followed.body!.cancel();
    const inspectorUrl = await openInspector(platform);
    const lastLook: LastLook = { endedAt: -Infinity };
    const stop = new AbortController();
    setMaxListeners(HABITS.length, stop.signal);
    const begunUs = await cpuUs([platform.pid]);
    const habits = Object.fromEntries(
      HABITS.map(({ name }): [string, Done] => [name, { times: 0, failed: 0, stopped: 0, failures: [] }]),
    );
    const living = HABITS.map((habit) =>
      live(habit, { platform, done: habits[habit.name]!, lastLook, signal: stop.signal }),
    );
    const looks = await lookAgainAndAgain({ platform, inspectorUrl, lastLook, minutes, print });
    const cores = ((await cpuUs([platform.pid])) - begunUs) / (minutes * 60e6);
    stop.abort();
    await Promise.all(living);
    return {
      minutes,
      looks,
      verdicts: judgeGrowth(looks),
      habits,
      warnings: warningsOf(platform.output),
      log: platform.output.split('\n').slice(-LOG_LINES),
      cores,
    };
  } finally {
    await platform.remove();
  }
}

export function isWell({ verdicts, habits, warnings }: SoakReport): boolean {
  return (
    verdicts.every(({ verdict }) => verdict !== 'grew') &&
    Object.values(habits).every(({ failed }) => failed === 0) &&
    warnings.length === 0
  );
}

async function live(
  habit: Habit,
  by: { platform: Platform; done: Done; lastLook: LastLook; signal: AbortSignal },
): Promise<void> {
  const { platform, done, lastLook, signal } = by;
  while (!signal.aborted) {
    done.times++;
    await habit.run(platform).catch((error: Error) => {
      if (performance.now() - lastLook.endedAt < AFTER_LOOK_MS) return void done.stopped++;
      done.failed++;
      const failure = `${new Date().toISOString()} ${error.message}`;
      if (done.failures.length < MAX_FAILURES_KEPT) done.failures.push(failure.slice(0, 1000));
    });
    await pause(habit.pauseMs, signal);
  }
}

async function lookAgainAndAgain(by: {
  platform: Platform;
  inspectorUrl: string;
  lastLook: LastLook;
  minutes: number;
  print: (look: Look) => void;
}): Promise<Look[]> {
  const startedAt = performance.now();
  const atMinutes = () => (performance.now() - startedAt) / 60_000;
  const betweenMs = Math.max(LEAST_BETWEEN_LOOKS_MS, (by.minutes * 60_000) / LOOKS);
  const looks: Look[] = [];
  while (atMinutes() < by.minutes) {
    await new Promise((resolve) => setTimeout(resolve, betweenMs));
    by.lastLook.endedAt = Infinity;
    const look = { atMinutes: atMinutes(), ...(await lookAt(by.platform, by.inspectorUrl)) };
    by.lastLook.endedAt = performance.now();
    looks.push(look);
    by.print(look);
  }
  return looks;
}

/** `MaxListenersExceededWarning` and its kin, and whatever the platform itself calls an error; each kind once. */
function warningsOf(output: string): string[] {
  const kinds = new Map<string, string>();
  for (const line of output.split('\n')) {
    const [, warning] = /\(node:\d+\) (.*Warning: .*)/.exec(line) ?? [];
    const [, message] = /"level":[56]0.*"msg":"([^"]*)"/.exec(line) ?? [];
    const kind = warning ?? message;
    if (kind !== undefined && !kinds.has(kind)) kinds.set(kind, line.slice(0, 2000));
  }
  return [...kinds.values()];
}
