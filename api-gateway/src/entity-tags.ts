import { createHash } from 'node:crypto';
import { stateTag } from '@plat/platform-kit/state-tag.ts';

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

/**
 * The validator of an answer: `"<state>.<representation>"`. Two tokens may see one record differently, so the whole tells
 * representations apart; the first part is what a guarded change is compared with.
 */
export function answerTag(answer: unknown, record: object | undefined): string {
  const representation = stateTag({ answer });
  return record ? `"${stateTag(record)}.${representation}"` : `"${representation}"`;
}

const TAG = /^"([\w-]+)(?:\.[\w-]+)?"$/;
/** Names no state: a guard that nothing passes. */
const NO_STATE = '-';

/** `If-Match` (RFC 9110, 13.1.1) as states of a record. Weak tags and those of others name none. */
export function guardOf(header: string | undefined): { ifMatch?: string } {
  if (header === undefined) return {};
  if (header.trim() === '*') return { ifMatch: '*' };
  const states = header.split(',').flatMap((tag) => TAG.exec(tag.trim())?.[1] ?? []);
  return { ifMatch: states.join(',') || NO_STATE };
}
