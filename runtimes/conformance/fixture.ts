import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Runtime } from '@plat/platform-kit/runtime-folder.ts';

export type Variant = {
  name: string;
  handler: string;
  path?: string;
  answer: unknown;
  /** What the Node.js of an image has, and that of a host may lack. */
  needs?: 'typescript';
};

/** `fixture/fixture.json`: what the suite has to know of a language. */
export type Fixture = {
  /** The handler that has every case; empty when it is the one that the runtime finds by itself. */
  handler: string;
  /** Other ways to write a handler, each with what it must answer: JSON for contract `handler`, text for the others. */
  variants: Variant[];
  /** Files that are wrong on purpose; they are written at test time, so that no tool stumbles over them. */
  files: Record<string, string>;
  /** Handlers that cannot be loaded, and what the reason has to say. */
  loadFailures: { name: string; handler: string; reason: string[] }[];
  /** A handler whose module never ends loading; null where nothing is loaded. */
  endlessLoad: string | null;
  /** Cases that the language cannot have, with the reason. */
  lacks: Record<string, string>;
};

export async function readFixture(runtime: Runtime): Promise<Fixture> {
  return JSON.parse(await readFile(path.join(runtime.folder, 'fixture', 'fixture.json'), 'utf8')) as Fixture;
}

/** Copies a runtime's fixture, with its broken files, to a folder that does not exist yet. */
export async function writeFixtureSource(runtime: Runtime, fixture: Fixture, folder: string): Promise<void> {
  await cp(path.join(runtime.folder, 'fixture'), folder, {
    recursive: true,
    filter: (file) => !file.includes('__pycache__'),
  });
  for (const [file, text] of Object.entries(fixture.files)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
}
