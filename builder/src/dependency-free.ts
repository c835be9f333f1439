import { CODE_LIMIT } from '@plat/platform-kit/pool-code.ts';
import type { RuntimeManifest } from '@plat/platform-kit/runtime-manifest.ts';

/** What there is to know about a source; `text` of the runtime's dependency files at its root. */
export type KnownSource = {
  entries: readonly { path: string; kind: 'file' | 'folder' | 'link'; expandedBytes: number }[];
  text: ReadonlyMap<string, string>;
};

/** Why a function cannot be given to a container that runs already, or undefined when it can. A clause. Pure. */
export function whyNotInjectable(
  { entries, text }: KnownSource,
  manifest: RuntimeManifest,
  env: Readonly<Record<string, string>>,
): string | undefined {
  const { pool } = manifest;
  if (!pool) return `containers of the runtime "${manifest.id}" start with their code`;
  if (entries.some(({ kind }) => kind === 'link')) return 'the source has symbolic links';
  const files = entries.filter(({ kind }) => kind === 'file');
  const bytes = files.reduce((sum, { expandedBytes }) => sum + expandedBytes, 0);
  if (bytes > CODE_LIMIT.bytes || files.length > CODE_LIMIT.files)
    return `the source has more than ${CODE_LIMIT.bytes} bytes or ${CODE_LIMIT.files} files`;
  for (const [file, parts] of Object.entries(pool.emptyParts)) {
    const content = text.get(file);
    if (content !== undefined && !hasOnlyEmptyParts(content, parts)) return `${file} says what to install`;
  }
  for (const file of pool.commentsOnly)
    if (!/^(\s*(#.*)?(\n|$))*$/.test(text.get(file) ?? '')) return `${file} says what to install`;
  const variable = Object.keys(env).find((name) =>
    pool.startVariables.some((start) => name.startsWith(start)),
  );
  return variable && `the variable ${variable} counts only when the process starts`;
}

function hasOnlyEmptyParts(json: string, parts: readonly string[]): boolean {
  try {
    const parsed = JSON.parse(json) as unknown;
    return parts.every((part) => isEmpty(part.split('.').reduce(partOf, parsed)));
  } catch {
    return false;
  }
}

function partOf(whole: unknown, name: string): unknown {
  return typeof whole === 'object' && whole !== null ? (whole as Record<string, unknown>)[name] : undefined;
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0)
  );
}
