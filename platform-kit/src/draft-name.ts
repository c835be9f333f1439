/** Names of functions that live for one test only; nobody else may take one. */
export const DRAFT_PREFIX = 'plat-draft-';

/** `id`: at least 19 characters of lower-case letters and digits. */
export function draftName(id: string): string {
  return `${DRAFT_PREFIX}${id.slice(0, 19)}`;
}

export function isDraftName(name: string): boolean {
  return name.startsWith(DRAFT_PREFIX);
}
