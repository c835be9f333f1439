/**
 * True for a path under `/_plat`, the prefix that belongs to the platform inside an instance, however it is written:
 * percent-encoded (more than once), with doubled or backward slashes, dot segments or path parameters.
 */
export function isReservedPath(target: string): boolean {
  // However else it is written, it has a percent sign or the name itself in it.
  if (!/%|_plat/i.test(target)) return false;
  let path = target.split(/[?#]/, 1)[0]!;
  for (let round = 0; round < 4 && path.includes('%'); round++) {
    path = path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  }
  const kept: string[] = [];
  for (const raw of path.split(/[/\\]+/)) {
    const segment = raw.split(';', 1)[0]!.trim();
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  return kept[0]?.toLowerCase() === '_plat';
}
