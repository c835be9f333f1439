const CAUSES: [RegExp, (host: string) => string][] = [
  [
    /unauthorized|authentication required|no basic auth|access (?:to the resource )?is denied|\bdenied\b|status:? 40[13]|40[13] (?:Unauthorized|Forbidden)/i,
    () => 'It does not accept the name and the password: see REGISTRY_USERNAME and REGISTRY_PASSWORD.',
  ],
  [
    /server gave HTTP response to HTTPS client|wrong version number/i,
    (host) =>
      `It speaks plain HTTP where TLS is wanted: the engine takes that on localhost alone. Give ${host} a certificate, or name it as localhost:<port> in REGISTRY_ENGINE_HOST.`,
  ],
  [
    /x509|certificate|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)|\bERR_TLS/i,
    (host) =>
      `Its certificate is not trusted: the engine reads /etc/docker/certs.d/${host}/ca.crt, the platform the file that REGISTRY_CA_FILE names.`,
  ],
  [
    /connection refused|no such host|i\/o timeout|no route to host|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ETIMEDOUT|TimeoutError|ConnectTimeout|other side closed|\bEOF\b/i,
    () => 'See that it runs, and that REGISTRY_URL and REGISTRY_ENGINE_HOST name it.',
  ],
  [
    /no space left|insufficient storage/i,
    () => 'Its disk is full: free the space of what was deleted (docs/compose.md, "The registry").',
  ],
];

/** One sentence on what to set when a registry does not do as asked, told from the engine's or the client's error. */
export function explainRegistry(problem: string, engineHost: string): string {
  const cause = CAUSES.find(([pattern]) => pattern.test(problem));
  return cause ? cause[1](engineHost) : 'See that it runs and lets the platform in (REGISTRY_USERNAME).';
}
