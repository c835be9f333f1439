const CHOICES = 50;

/** The numbers to choose a version from, newest first; `latest` is the highest that was given out. */
export function latestVersions(latest: number): number[] {
  return Array.from({ length: Math.min(latest, CHOICES) }, (_, index) => latest - index);
}
