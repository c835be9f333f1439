import autocannon from 'autocannon';

/** One timed run. Latencies in ms. */
export type Sample = { requestsPerSecond: number; p50Ms: number; p99Ms: number; failed: number };

export type Target = { name: string; url: string; headers?: Record<string, string> };

export async function measure(
  target: Target,
  load: { connections: number; seconds: number },
): Promise<Sample> {
  const result = await autocannon({
    url: target.url,
    headers: target.headers,
    connections: load.connections,
    duration: load.seconds,
  });
  return {
    requestsPerSecond: result.requests.average,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    failed: result.non2xx + result.errors + result.timeouts,
  };
}

/** The sample in the middle by requests a second. */
export function median(samples: readonly Sample[]): Sample {
  const sorted = [...samples].sort((a, b) => a.requestsPerSecond - b.requestsPerSecond);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (!middle) throw new Error('No sample was taken.');
  return middle;
}
