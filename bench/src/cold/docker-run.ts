import { docker } from '@plat/e2e/engine.ts';
import { runProcess } from '@plat/e2e/run-process.ts';

const TIMEOUT_MS = 60_000;
const INTERVAL_MS = 5;

/** From `docker run` of an image to the first answer with 200 of its server, in ms. Confined as an instance is. */
export async function dockerRunToFirst200(image: string, network: string): Promise<number> {
  const begin = performance.now();
  const limits = [
    '--init',
    '--read-only',
    '--tmpfs',
    '/tmp',
    '--cap-drop',
    'ALL',
    '--security-opt',
    'no-new-privileges',
  ];
  const sizes = ['--memory', '128m', '--memory-swap', '128m', '--cpus', '1', '--pids-limit', '256'];
  const args = ['docker', 'run', '-d', '--network', network, ...limits, ...sizes, '-e', 'PORT=8080', image];
  const { stdout, code, stderr } = await runProcess(args[0]!, args.slice(1), { timeoutMs: TIMEOUT_MS });
  if (code !== 0) throw new Error(`docker run failed: ${stderr}`);
  const container = docker.getContainer(stdout.trim());
  try {
    const { NetworkSettings } = await container.inspect();
    const url = `http://${NetworkSettings.Networks[network]!.IPAddress}:8080/`;
    while (performance.now() - begin < TIMEOUT_MS) {
      const status = await fetch(url, { signal: AbortSignal.timeout(1000) }).then(
        async (answer) => (await answer.arrayBuffer(), answer.status),
        () => undefined,
      );
      if (status === 200) return performance.now() - begin;
      await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
    }
    throw new Error(`${image} did not answer.`);
  } finally {
    await container.remove({ force: true });
  }
}
