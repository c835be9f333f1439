// Processes of this host, as /proc shows them (proc(5)). Plain JavaScript: the supervisor of an instance runs it without a loader.
import { readFileSync, readdirSync, statSync } from 'node:fs';

/** In the environment of every process of an instance. */
export const INSTANCE_MARKER = 'PLAT_INSTANCE_ID';

/** @param {number} pid */
export function readProcess(pid) {
  let text;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  const end = text.lastIndexOf(')');
  const fields = text.slice(end + 2).split(' ');
  return {
    pid,
    name: text.slice(text.indexOf('(') + 1, end),
    state: fields[0] ?? '',
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    cpuTicks: Number(fields[11]) + Number(fields[12]),
    waitedTicks: Number(fields[13]) + Number(fields[14]),
    threads: Number(fields[17]),
    startTime: fields[19] ?? '',
  };
}

/** Whether it is still this process, and not another one that got its number. @param {{ pid: number, startTime: string } | null | undefined} id */
export function isAlive(id) {
  const found = id ? readProcess(id.pid) : undefined;
  return found !== undefined && found.startTime === id?.startTime && found.state !== 'Z';
}

/** `pid` and all below it. Cheap enough for several times a second. @param {number} pid @returns {number[]} */
export function descendants(pid) {
  const found = [];
  const open = [pid];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    let tasks;
    try {
      tasks = readdirSync(`/proc/${next}/task`);
    } catch {
      continue;
    }
    found.push(next);
    for (const task of tasks) {
      try {
        const children = readFileSync(`/proc/${next}/task/${task}/children`, 'latin1');
        for (const child of children.split(' ')) if (child) open.push(Number(child));
      } catch {
        continue;
      }
    }
  }
  return found;
}

/**
 * Every process of an instance, also those that left its group and session: by the user id that is its own, or by the
 * marker in the environment. Reads all of /proc.
 * @param {{ id: string, leader: number | null, uid: number | null }} instance @returns {number[]}
 */
export function membersOf({ id, leader, uid }) {
  const members = new Set(leader === null ? [] : descendants(leader));
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid || members.has(pid)) continue;
    if (isMember(pid, { id, leader, uid })) for (const below of descendants(pid)) members.add(below);
  }
  return [...members].filter((pid) => readProcess(pid)?.state !== 'Z');
}

/** @param {number} pid @param {{ id: string, leader: number | null, uid: number | null }} instance */
function isMember(pid, { id, leader, uid }) {
  try {
    if (uid !== null && statSync(`/proc/${pid}`).uid === uid) return true;
    const found = readProcess(pid);
    if (!found) return false;
    if (leader !== null && (found.group === leader || found.session === leader)) return true;
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
    return environment.includes(`${INSTANCE_MARKER}=${id}`);
  } catch {
    return false;
  }
}

/** Whether a user has any process on this host. @param {number} uid */
export function hasProcess(uid) {
  return readdirSync('/proc').some((name) => {
    try {
      return /^\d+$/.test(name) && statSync(`/proc/${name}`).uid === uid;
    } catch {
      return false;
    }
  });
}

/** Memory that is the process's own, in bytes: not the files it maps, which others share. @param {number} pid */
export function ownMemoryBytes(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    let kilobytes = 0;
    for (const match of status.matchAll(/^(?:RssAnon|RssShmem|VmSwap):\s+(\d+) kB$/gm))
      kilobytes += Number(match[1]);
    return kilobytes * 1024;
  } catch {
    return 0;
  }
}

/** Sends a signal to each; those that are gone do not matter. @param {number[]} pids @param {NodeJS.Signals} signal */
export function signalAll(pids, signal) {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      continue;
    }
  }
}

/** Ends every process of an instance, again and again until none is left: one may fork while the others are killed. @param {{ id: string, leader: number | null, uid: number | null }} instance */
export async function killMembers(instance) {
  for (let round = 0; round < 50; round++) {
    const members = membersOf(instance);
    if (members.length === 0) return;
    signalAll(members, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 10 + round * 2));
  }
}
