// Runs one instance of the engine `process`: starts it again when it ends, keeps its log and its memory limit. A process
// of its own, so that instances outlive the platform. Plain JavaScript with nothing but Node and the kit's view of /proc.
//
// INVARIANTS
// 1. Only this process writes the state file, each time as a whole.
// 2. Nothing of a run is left when the next one starts: every member is killed first.
// 3. When its spec file is gone, nobody wants the instance any more: it ends, with all that belongs to it.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import {
  descendants,
  killMembers,
  membersOf,
  ownMemoryBytes,
  readProcess,
  signalAll,
} from '@plat/platform-kit/process/process-tree.mjs';
import { createLogWriter } from './log-writer.mjs';

const MEMORY_LOOK_MS = 250;
/** Members that left the tree of processes are looked for in all of /proc, which costs more. */
const WHOLE_LOOK_EVERY = 20;
/** Docker's own: 100 ms, doubled each time up to a minute, anew after 10 s of running. */
const BACKOFF = { firstMs: 100, maxMs: 60_000, forgetAfterMs: 10_000 };
const DEFAULT_GRACE_MS = 10_000;
/** A process that ended may have left children that hold its output open; they are being killed. */
const OUTPUT_END_MS = 2000;

const specFile = process.argv[2] ?? '';
const spec = JSON.parse(readFileSync(specFile, 'utf8'));
const log = createLogWriter(spec.logFile);
const state = {
  supervisor: identify(process.pid),
  /** @type {{ pid: number, startTime: string } | null} */ child: null,
  status: 'running',
  restarts: 0,
  /** @type {number | null} */ exitCode: null,
  outOfMemory: false,
  /** @type {string | null} */ startedAt: null,
};
/** @type {import('node:child_process').ChildProcess | undefined} */
let child;
let isStopping = false;
let isOverLimit = false;
let backoffMs = BACKOFF.firstMs;
/** @type {NodeJS.Timeout | undefined} */
let nextRun;

process.on('SIGTERM', () => void stop());
for (const signal of /** @type {const} */ (['SIGINT', 'SIGHUP', 'SIGPIPE']))
  process.on(signal, () => undefined);

run(true);
void watchMemory();

/** @param {number} pid */
function identify(pid) {
  return { pid, startTime: readProcess(pid)?.startTime ?? '' };
}

function save() {
  try {
    writeFileSync(`${spec.stateFile}.new`, JSON.stringify(state), { mode: 0o600 });
    renameSync(`${spec.stateFile}.new`, spec.stateFile);
  } catch {
    // The folder was removed: the next look at the spec file ends this.
  }
}

/** @param {boolean} isFirst */
function run(isFirst) {
  if (isStopping) return;
  const { file, args, cwd } = spec.command;
  isOverLimit = false;
  const startedMs = Date.now();
  const current = spawn(file, args, {
    cwd,
    env: spec.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child = current;
  const outputs = [log.follow(current.stdout, 'stdout'), log.follow(current.stderr, 'stderr')];
  current.once('error', (error) => {
    log.write('stderr', `It cannot be started: ${error.message}`);
    if (isFirst) return report(`failed ${error.message}`, () => process.exit(1));
    void ended(127, startedMs, outputs);
  });
  current.once('spawn', () => {
    state.child = identify(current.pid ?? 0);
    state.status = 'running';
    state.startedAt = new Date(startedMs).toISOString();
    save();
    if (isFirst) report('started');
  });
  current.once('exit', (code, signal) => {
    const exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
    void ended(exitCode, startedMs, outputs);
  });
}

/** Tells whoever started this; afterwards nobody listens. @param {string} text @param {() => void} [then] */
function report(text, then = () => undefined) {
  process.stdout.on('error', () => undefined);
  process.stdout.write(`${text}\n`, then);
}

/** @param {number} exitCode @param {number} startedMs @param {Promise<void>[]} outputs */
async function ended(exitCode, startedMs, outputs) {
  const leader = state.child?.pid ?? null;
  state.status = isStopping ? 'exited' : 'restarting';
  state.exitCode = isOverLimit ? 137 : exitCode;
  state.outOfMemory = isOverLimit;
  state.child = null;
  child = undefined;
  if (!isStopping) state.restarts++;
  // At once: whoever routes calls must not send more of them here.
  save();
  await killMembers({ id: spec.id, leader, uid: spec.uid });
  await Promise.race([Promise.all(outputs), new Promise((resolve) => setTimeout(resolve, OUTPUT_END_MS))]);
  rmSync(specFile.replace(/\.spec\.json$/, '.paused'), { force: true });
  if (isStopping) {
    state.status = 'exited';
    save();
    process.exit(0);
  }
  if (Date.now() - startedMs > BACKOFF.forgetAfterMs) backoffMs = BACKOFF.firstMs;
  nextRun = setTimeout(() => run(false), backoffMs);
  backoffMs = Math.min(backoffMs * 2, BACKOFF.maxMs);
}

/** SIGTERM to every process of the instance, SIGKILL once the grace is over. */
async function stop() {
  if (isStopping) return;
  isStopping = true;
  clearTimeout(nextRun);
  if (!child) {
    state.status = 'exited';
    save();
    process.exit(0);
  }
  const instance = { id: spec.id, leader: child.pid ?? null, uid: spec.uid };
  const graceMs = readGrace();
  if (graceMs > 0) {
    const members = membersOf(instance);
    // The sandbox itself would end at once, and take the instance with it.
    signalAll(
      members.filter((pid) => readProcess(pid)?.name !== 'bwrap'),
      'SIGTERM',
    );
    signalAll(members, 'SIGCONT');
    setTimeout(() => void killMembers(instance), graceMs);
  } else {
    await killMembers(instance);
  }
}

function readGrace() {
  try {
    return Number(readFileSync(spec.stopFile, 'utf8'));
  } catch {
    return DEFAULT_GRACE_MS;
  }
}

async function watchMemory() {
  for (let round = 1; ; round++) {
    await new Promise((resolve) => setTimeout(resolve, MEMORY_LOOK_MS));
    if (!existsSync(specFile)) {
      isStopping = true;
      await killMembers({ id: spec.id, leader: child?.pid ?? null, uid: spec.uid });
      // Whoever removed the instance may have done so before these were there.
      for (const file of [spec.stateFile, spec.logFile]) rmSync(file, { force: true });
      process.exit(0);
    }
    const leader = child?.pid;
    if (leader === undefined || isOverLimit) continue;
    const instance = { id: spec.id, leader, uid: spec.uid };
    const pids = round % WHOLE_LOOK_EVERY === 0 ? membersOf(instance) : descendants(leader);
    let bytes = 0;
    for (const pid of pids) bytes += ownMemoryBytes(pid);
    if (bytes <= spec.memoryBytes || child?.pid !== leader) continue;
    isOverLimit = true;
    // Once: what is left is ended with the run, and the next run must not be hit.
    signalAll(membersOf(instance), 'SIGKILL');
  }
}
