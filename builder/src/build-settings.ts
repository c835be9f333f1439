/** Files in `build/` of every build context: they help a build along and are not kept in its image. */
export type BuildSettings = {
  /** By name: `ca.crt`, `npmrc`, `pip.conf`, `go.env`; only those that are configured. */
  files: Record<string, string>;
  /** Texts that must not stand in a build log. */
  secrets: string[];
};

export function buildSettings(options: {
  caCertificates: string | undefined;
  npmRegistry: string | undefined;
  pipIndexUrl: string | undefined;
  goProxy?: string | undefined;
}): BuildSettings {
  const files: Record<string, string> = {};
  const secrets = new Set<string>();
  if (options.caCertificates !== undefined) files['ca.crt'] = options.caCertificates;
  if (options.npmRegistry !== undefined) files['npmrc'] = npmrc(new URL(options.npmRegistry), secrets);
  if (options.pipIndexUrl !== undefined) files['pip.conf'] = pipConf(new URL(options.pipIndexUrl), secrets);
  if (options.goProxy !== undefined) files['go.env'] = goEnv(options.goProxy, secrets);
  return { files, secrets: [...secrets] };
}

function npmrc(url: URL, secrets: Set<string>): string {
  const folder = `${url.host}${url.pathname.replace(/\/?$/, '/')}`;
  const lines = [`registry=${url.protocol}//${folder}`];
  if (url.username || url.password) {
    const auth = Buffer.from(
      `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`,
    ).toString('base64');
    addSecrets(url, secrets);
    secrets.add(auth);
    lines.push(`//${folder}:_auth=${auth}`);
  }
  return `${lines.join('\n')}\n`;
}

function pipConf(url: URL, secrets: Set<string>): string {
  addSecrets(url, secrets);
  const lines = ['[global]', `index-url = ${url.href.replaceAll('%', '%%')}`];
  if (url.protocol === 'http:') lines.push(`trusted-host = ${url.hostname}`);
  return `${lines.join('\n')}\n`;
}

/** In the form of `go env`'s own file. A list of addresses, each of which may hold a password. */
function goEnv(proxies: string, secrets: Set<string>): string {
  for (const proxy of proxies.split(/[,|]/)) if (URL.canParse(proxy)) addSecrets(new URL(proxy), secrets);
  return `GOPROXY=${proxies}\n`;
}

function addSecrets(url: URL, secrets: Set<string>): void {
  for (const text of [url.password, decodeURIComponent(url.password)]) if (text) secrets.add(text);
}
