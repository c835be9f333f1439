/**
 * What /proc/<pid>/stat says of a process. `startTime` tells it from a later one with the same number. `waitedTicks`: CPU
 * time of its children that have ended.
 */
export type ProcessFacts = {
  pid: number;
  name: string;
  state: string;
  parent: number;
  group: number;
  session: number;
  cpuTicks: number;
  waitedTicks: number;
  threads: number;
  startTime: string;
};
export type ProcessId = { pid: number; startTime: string };
/** `leader`: its first process, which leads its group. `uid`: the user id that only this instance has, if it has one. */
export type InstanceProcesses = { id: string; leader: number | null; uid: number | null };

export declare const INSTANCE_MARKER: string;
export declare function readProcess(pid: number): ProcessFacts | undefined;
export declare function isAlive(id: ProcessId | null | undefined): boolean;
export declare function descendants(pid: number): number[];
export declare function membersOf(instance: InstanceProcesses): number[];
export declare function hasProcess(uid: number): boolean;
export declare function ownMemoryBytes(pid: number): number;
export declare function signalAll(pids: readonly number[], signal: NodeJS.Signals): void;
export declare function killMembers(instance: InstanceProcesses): Promise<void>;
