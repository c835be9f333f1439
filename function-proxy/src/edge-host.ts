/**
 * The first label of a function's own host: `shop-cart` for `shop-cart.platform.test` and `shop-cart.localhost`.
 * Case, a port and a trailing dot do not matter. Undefined for any other host.
 */
export function edgeLabel(host: string | undefined, domain: string): string | undefined {
  const name = hostName(host);
  if (name === undefined) return undefined;
  for (const suffix of [`.${domain}`, '.localhost']) {
    if (!name.endsWith(suffix)) continue;
    const label = name.slice(0, -suffix.length);
    if (/^[a-z0-9-]+$/.test(label)) return label;
  }
  return undefined;
}

/** The name in a Host header in the form in which domains are kept: lower case, without port and final dot. */
export function hostName(host: string | undefined): string | undefined {
  return host?.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
}

/** Path and query of a request target, also when it stands there in absolute form (RFC 9112, section 3.2.2). */
export function originForm(url: string | undefined): string {
  if (url === undefined || url === '*') return '/';
  if (url.startsWith('/')) return url;
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/i.exec(url)?.[1] ?? '';
  return absolute.startsWith('/') ? absolute : `/${absolute}`;
}
