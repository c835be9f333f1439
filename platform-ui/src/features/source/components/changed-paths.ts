import type { SourceFile } from '../../../archive/source-files.ts';

/** Paths that one source has and the other has not, or with other content. */
export function changedPaths(before: readonly SourceFile[], after: readonly SourceFile[]): Set<string> {
  const old = new Map(before.map((file) => [file.path, file.bytes]));
  const changed = new Set<string>();
  for (const { path, bytes } of after) {
    const was = old.get(path);
    if (was === undefined || !isSame(was, bytes)) changed.add(path);
    old.delete(path);
  }
  for (const path of old.keys()) changed.add(path);
  return changed;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || (a.length === b.length && a.every((byte, index) => byte === b[index]));
}

/** The file that a person wants to see first: the one with the handler, else a server's, else the first. */
export function handlerFile(files: readonly SourceFile[], handler: string | null): string {
  const module = handler?.slice(0, handler.lastIndexOf('.'));
  const has = (wanted: (path: string) => boolean) => files.find(({ path }) => wanted(path))?.path;
  return (
    has((path) => path === handler) ??
    has((path) => module !== undefined && path.slice(0, path.lastIndexOf('.')) === module) ??
    has((path) => /^(index|main|app|server|function)\.\w+$/.test(path)) ??
    files[0]?.path ??
    ''
  );
}
