import { createHash } from 'node:crypto';

/** A strong validator (RFC 9110, 8.8.3) of what `text` stands for: the same text, the same tag. */
export function entityTag(text: string): string {
  return `"${createHash('sha256').update(text).digest('base64url')}"`;
}

/** Whether an `If-None-Match` names the tag; weak comparison, as RFC 9110, 13.1.2 wants it. */
export function matchesNone(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === tag);
}
