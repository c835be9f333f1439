import { formatDuration } from '@plat/platform-kit/quantities.ts';

/** From one time to another; null while it has no end. */
export function took(from: string, to: string | null): string | null {
  return to === null ? null : formatDuration(Date.parse(to) - Date.parse(from));
}
