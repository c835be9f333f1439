import type { EngineInfo } from '@plat/platform-kit/clients/controller-client.ts';
import type { ReachInfo } from '@plat/platform-kit/clients/proxy-client.ts';

/** What `npm start` prints once the platform is up. A token that somebody chose is a secret and is not repeated. */
export function banner(facts: {
  url: string;
  token: string;
  domain: string;
  engine: EngineInfo;
  reach: ReachInfo;
  dataDir: string;
  seconds: number;
}): string {
  const { url, token, domain, engine, reach, dataDir, seconds } = facts;
  const port = new URL(url).port;
  const isDevToken = token === 'dev-token';
  const login = isDevToken && port === '8080' ? [] : [`  npx plat login --url ${url}`];
  const engineLine = engine.available
    ? engine.engine === 'process'
      ? `PROCESSES OF THIS HOST, which isolate less than containers (docs/process-engine.md).\n           ${wrap(engine.isolation ?? '')}`
      : `Docker ${engine.version ?? ''}`.trim()
    : `NOT AVAILABLE: ${engine.problem ?? 'unknown'}\n           Functions cannot be built or run until it is there; Plat goes on by itself then.`;
  return [
    '',
    `Plat is up after ${seconds.toFixed(1)} s.`,
    '',
    `  URL      ${url}   (the dashboard is there too)`,
    `  Token    ${isDevToken ? `${token}   (for this machine only; set AUTH_TOKEN before others can reach it)` : 'the AUTH_TOKEN you set'}`,
    `  Hosts    <project>-<function>.${domain}, and http://<project>-<function>.localhost:${port} in a browser`,
    `  Engine   ${engineLine}`,
    ...(reach.way === 'relay' ? [`  Calls    go through a relay container: ${reach.reason}`] : []),
    `  Data     ${dataDir}`,
    '',
    'Next, in another terminal:',
    '',
    ...login,
    '  npx plat init hello --runtime node',
    '  cd hello && npx plat deploy',
    `  curl -H "Authorization: Bearer ${isDevToken ? token : '$AUTH_TOKEN'}" ${url}/function/hello`,
    '',
    'Ctrl+C stops the platform; functions that run go on running.',
    '',
  ].join('\n');
}

/** Breaks a long text so that it stands below the value it goes on from. */
function wrap(text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    if (line.length + word.length > 80) lines.push(word);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return lines.join('\n           ');
}
