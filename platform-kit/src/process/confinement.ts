import { spawnSync } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';
import { accessSync, constants, readFileSync, realpathSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { hasProcess } from './process-tree.mjs';

/** What this host offers to confine a process with; found once, at start. */
export type Confinement = {
  isRoot: boolean;
  /** Program files; undefined where they are not there or do not work. */
  bubblewrap: string | undefined;
  setpriv: string | undefined;
  prlimit: string | undefined;
  /** PATH of confined processes: only folders that whoever runs them can enter. */
  searchPath: string;
  /** The user ids that are given to instances and builds; undefined unless root. */
  uids: UidRange | undefined;
};

type UidRange = { first: number; count: number };

/** Below these lie what programs need of a system; they are shown read-only. */
const SYSTEM_FOLDERS = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/etc', '/nix/store'];
/**
 * User ids nobody has: far up where all 32 bits are there, else (a container with few ids) above the usual users. Many,
 * because several installations on one host draw from them without knowing of each other.
 */
const UIDS: UidRange = { first: 400_000_000, count: 100_000_000 };
const FEW_UIDS: UidRange = { first: 30_000, count: 20_000 };
const UID_DRAWS = 1000;

/** Looks at what there is. `wanted: false` leaves bubblewrap out even where it would work. */
export function findConfinement(options: { searchPath: string; bubblewrap?: boolean }): Confinement {
  const isRoot = process.getuid?.() === 0;
  const folders = [path.dirname(process.execPath), ...options.searchPath.split(':')].filter(
    (folder, index, all) => path.isAbsolute(folder) && all.indexOf(folder) === index,
  );
  const all = folders.join(':');
  const found = options.bubblewrap === false ? undefined : findProgram('bwrap', all);
  const bubblewrap = found !== undefined && works(found) ? found : undefined;
  // The sandbox shows the folder of the platform's own Node wherever it is.
  const isUsable = (folder: string, index: number) =>
    !isRoot || isOpenToAll(folder) || (index === 0 && bubblewrap !== undefined);
  const searchPath = folders.filter(isUsable).join(':');
  return {
    isRoot,
    bubblewrap,
    setpriv: findProgram('setpriv', all),
    prlimit: findProgram('prlimit', all),
    searchPath,
    uids: isRoot ? uidRange() : undefined,
  };
}

/** One sentence a person can decide by. */
export function describeConfinement(found: Confinement): string {
  const { isRoot, bubblewrap, setpriv, prlimit } = found;
  const parts = [
    isRoot && setpriv
      ? 'each instance has a user id of its own'
      : 'instances run as the user of the platform',
    bubblewrap
      ? 'sees a read-only system, its own /tmp and only its own processes (bubblewrap)'
      : 'sees the files and processes of this host that its user may see (bubblewrap is not installed or not allowed here)',
    prlimit ? 'has limits (prlimit)' : 'has no limits but on memory (prlimit is not installed)',
  ];
  return `${parts.join('; ')}. The network is the host's own.`;
}

/** A folder that is shown in the sandbox, right below its root. Without a sandbox nothing is moved: see `placeOf`. */
export type Mount = { from: string; to: string; writable?: boolean };

/** Where a confined process finds what a mount shows. */
export function placeOf(found: Confinement, mount: Mount): string {
  return found.bubblewrap ? mount.to : mount.from;
}

export type ConfinedCommand = { file: string; args: string[]; cwd: string };

/** The command that runs `command` as confined as this host allows. Throws when its program is not to be found. */
export function confine(
  found: Confinement,
  options: {
    command: readonly string[];
    cwd: string;
    mounts: readonly Mount[];
    uid: number | undefined;
    limits: { dataBytes: number; fileBytes: number; processes: number; tmpBytes: number };
  },
): ConfinedCommand {
  const { command, limits, uid } = options;
  const program = findProgram(command[0]!, found.searchPath);
  if (program === undefined)
    throw new Error(
      `The program "${command[0]}" is not on this host's PATH${found.isRoot ? ', or only where other users may not go' : ''} (looked in ${found.searchPath}).`,
    );
  const words: string[] = [];
  if (found.bubblewrap)
    words.push(found.bubblewrap, ...sandbox(program, options), '--chdir', options.cwd, '--');
  if (found.setpriv) {
    words.push(found.setpriv, '--no-new-privs');
    if (uid !== undefined)
      words.push(
        `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--bounding-set=-all', '--inh-caps=-all',
      ); // prettier-ignore
    words.push('--');
  }
  if (found.prlimit) {
    words.push(
      found.prlimit, `--data=${limits.dataBytes}`, `--fsize=${limits.fileBytes}`, '--nofile=4096', '--core=0',
    ); // prettier-ignore
    // The limit counts all processes of a user: it says something only where the user is the instance's own.
    if (uid !== undefined) words.push(`--nproc=${limits.processes}`);
    words.push('--');
  }
  words.push(program, ...command.slice(1));
  return { file: words[0]!, args: words.slice(1), cwd: found.bubblewrap ? '/' : options.cwd };
}

/** Options of bwrap(1): what is not named here does not exist inside. */
function sandbox(
  program: string,
  options: { mounts: readonly Mount[]; limits: { tmpBytes: number } },
): string[] {
  const tools = [program, process.execPath].map((file) => path.dirname(path.dirname(realpathSync(file))));
  const isShown = (folder: string) =>
    SYSTEM_FOLDERS.some((shown) => folder === shown || folder.startsWith(`${shown}/`));
  return [
    '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--die-with-parent', '--proc', '/proc', '--dev', '/dev',
    ...SYSTEM_FOLDERS.flatMap((folder) => ['--ro-bind-try', folder, folder]),
    // Where /etc/resolv.conf points to on many systems.
    '--ro-bind-try', '/run/systemd/resolve', '/run/systemd/resolve',
    '--perms', '1777', '--size', String(options.limits.tmpBytes), '--tmpfs', '/tmp',
    ...tools.filter((folder) => !isShown(folder) && folder !== '/').flatMap((folder) => [...parents(folder), '--ro-bind', folder, folder]),
    ...options.mounts.flatMap(({ from, to, writable }) => [writable ? '--bind' : '--ro-bind', from, to]),
  ]; // prettier-ignore
}

/** Left to itself, bwrap makes them for its own user only. */
function parents(folder: string): string[] {
  const above = path.dirname(folder);
  return above === '/' ? [] : [...parents(above), '--perms', '0755', '--dir', above];
}

function findProgram(name: string, searchPath: string): string | undefined {
  for (const folder of searchPath.split(':')) {
    const file = path.join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      continue;
    }
  }
  return undefined;
}

/** It may be installed and yet not be allowed to make namespaces. */
function works(bubblewrap: string): boolean {
  const args = ['--ro-bind', '/', '/', '--unshare-pid', '--proc', '/proc', '--dev', '/dev', '--size', '65536', '--tmpfs', '/tmp', '--', process.execPath, '--version']; // prettier-ignore
  return spawnSync(bubblewrap, args, { timeout: 5000, stdio: 'ignore' }).status === 0;
}

/** Whether any user may enter a folder, and all above it. */
export function isOpenToAll(folder: string): boolean {
  try {
    for (let at = realpathSync(folder); ; at = path.dirname(at)) {
      if ((statSync(at).mode & 0o001) === 0) return false;
      if (at === path.dirname(at)) return true;
    }
  } catch {
    return false;
  }
}

function uidRange(): UidRange {
  const map = readFileSync('/proc/self/uid_map', 'latin1').trim().split(/\s+/).map(Number);
  const last = (map[0] ?? 0) + (map[2] ?? 0);
  return last > UIDS.first + UIDS.count ? UIDS : FEW_UIDS;
}

/**
 * A user id for one instance or one build: by chance, so that what another installation's process left is not met, not
 * among `taken`, and no process's on this host. Whatever has it later belongs to it and may be killed.
 */
export function drawUid(
  found: Confinement,
  taken: ReadonlySet<number> = new Set(),
  isUsed: (uid: number) => boolean = hasProcess,
): number | undefined {
  if (found.uids === undefined || !found.setpriv) return undefined;
  const { first, count } = found.uids;
  for (let draw = 0; draw < UID_DRAWS; draw++) {
    const uid = first + randomInt(count);
    if (!taken.has(uid) && !isUsed(uid)) return uid;
  }
  throw new Error(`No user id from ${first} on is free for an instance.`);
}

/** What a confined process may know of the host's environment. */
export function baseEnvironment(found: Confinement, tmp: string): Record<string, string> {
  const home = found.bubblewrap ? '/tmp' : tmp;
  return { PATH: found.searchPath, HOME: home, TMPDIR: home, LANG: 'C.UTF-8' };
}

/** Where private folders of instances can be: other users must be able to enter what is above them. */
export function workRoot(found: Confinement, folder: string): string {
  if (!found.isRoot || found.bubblewrap || isOpenToAll(folder)) return path.join(folder, 'instances');
  const name = createHash('sha256').update(path.resolve(folder)).digest('hex').slice(0, 12);
  return path.join(isOpenToAll('/var/lib') ? '/var/lib' : os.tmpdir(), `plat-instances-${name}`);
}
