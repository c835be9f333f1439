/** Headers that mean one connection and not the message (RFC 9110, section 7.6.1), and those a proxy answers itself. */
const HOP_HEADERS = new Set([
  'connection',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** Framing and routing stay, whatever `Connection` claims. */
const NEVER_HOP = new Set(['host', 'content-length']);

export function isHopHeader(name: string): boolean {
  return HOP_HEADERS.has(name);
}

/** The further names that `Connection` declares to be of this hop only, in lower case; undefined for none. */
export function namedByConnection(value: string | string[] | undefined): ReadonlySet<string> | undefined {
  // What nearly every request and answer says.
  if (value === undefined || value === 'keep-alive' || value === 'close') return undefined;
  const names = String(value)
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const kept = names.filter((name) => name !== '' && !HOP_HEADERS.has(name) && !NEVER_HOP.has(name));
  return kept.length > 0 ? new Set(kept) : undefined;
}
