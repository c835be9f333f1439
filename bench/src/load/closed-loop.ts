import { fileURLToPath } from 'node:url';
import { runProcess } from '@plat/e2e/run-process.ts';
import autocannon from 'autocannon';

/** Where requests go. */
export type Target = { name: string; url: string; headers?: Record<string, string> };

/** What came of a number of connections that each sent one request after the other. Latencies in ms. */
export type Sample = { requests: number; perSecond: number; p50Ms: number; p99Ms: number; failed: number };

export type ClosedLoop = {
  /** The program that makes the load. */
  name: string;
  run: (target: Target, load: { connections: number; seconds: number }) => Promise<Sample>;
};

/** wrk where it is installed: it takes a tenth of the CPU time that a client in Node.js does. */
export async function closedLoop(): Promise<ClosedLoop> {
  const version = await runProcess('wrk', ['--version'], { timeoutMs: 5000 }).catch(() => undefined);
  if (!version) return { name: 'autocannon (wrk is not installed)', run: byAutocannon };
  const name = /wrk \S+/.exec(version.stdout + version.stderr)?.[0] ?? 'wrk';
  return { name, run: byWrk };
}

const SCRIPT = fileURLToPath(new URL('./report.lua', import.meta.url));

const byWrk: ClosedLoop['run'] = async (target, { connections, seconds }) => {
  const headers = Object.entries(target.headers ?? {}).flatMap(([name, value]) => [
    '-H',
    `${name}: ${value}`,
  ]);
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', SCRIPT, ...headers, target.url];
  const { stdout, stderr, code } = await runProcess('wrk', args, { timeoutMs: (seconds + 30) * 1000 });
  const line = stdout.trim().split('\n').at(-1) ?? '';
  if (code !== 0 || !line.startsWith('{'))
    throw new Error(`wrk failed for ${target.name}: ${stdout}${stderr}`);
  const report = JSON.parse(line) as Record<'requests' | 'durationUs' | 'failed' | 'p50Us' | 'p99Us', number>;
  return {
    requests: report.requests,
    perSecond: (report.requests / report.durationUs) * 1e6,
    p50Ms: report.p50Us / 1000,
    p99Ms: report.p99Us / 1000,
    failed: report.failed,
  };
};

const byAutocannon: ClosedLoop['run'] = async (target, { connections, seconds }) => {
  const { url, headers } = target;
  const result = await autocannon({ url, connections, duration: seconds, ...(headers ? { headers } : {}) });
  return {
    requests: result.requests.total,
    perSecond: result.requests.average,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    failed: result.non2xx + result.errors + result.timeouts,
  };
};
