const LANGUAGES: Record<string, string> = {
  js: 'javascript', mjs: 'javascript', cjs: 'javascript', jsx: 'javascript',
  ts: 'typescript', mts: 'typescript', cts: 'typescript', tsx: 'typescript',
  json: 'json', py: 'python', go: 'go', md: 'markdown', yaml: 'yaml', yml: 'yaml', sh: 'shell', html: 'html',
  toml: 'ini', ini: 'ini', cfg: 'ini',
}; // prettier-ignore

/** The editor's name for what a file is written in. */
export function languageOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (name === 'dockerfile' || name.startsWith('dockerfile.')) return 'dockerfile';
  return LANGUAGES[name.slice(name.lastIndexOf('.') + 1)] ?? 'plaintext';
}
