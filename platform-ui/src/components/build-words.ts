import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import { formatMs } from '../format/numbers.ts';

/** How long a build took, as far as there is something to say. */
export function buildWords({
  imageReused,
  buildStartedAt,
  builtAt,
}: Pick<VersionRecord, 'imageReused' | 'buildStartedAt' | 'builtAt'>): string {
  if (imageReused) return 'image reused';
  if (buildStartedAt === null || builtAt === null) return '–';
  return formatMs(Date.parse(builtAt) - Date.parse(buildStartedAt));
}
