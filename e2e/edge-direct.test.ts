import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byHost } from './src/by-host.ts';
import { containersOf, docker, engineProblem, leftovers } from './src/engine.ts';
import { nodeFunction, writeFunction } from './src/function-folder.ts';
import { Platform } from './src/platform.ts';
import { nameInRun } from './src/run.ts';

const problem = await engineProblem();

describe.skipIf(problem)('edge: direct', () => {
  const label = nameInRun();
  let platform: Platform;
  /** Stands in for Traefik's container. */
  let edge: string;
  const network = () => `${platform.namespace}-functions-default`;
  const networks = async () =>
    Object.keys((await docker.getContainer(edge).inspect()).NetworkSettings.Networks);
  /** The rules that Traefik reads off the function's containers that run. */
  const rules = async () =>
    (await containersOf(platform.namespace, 'default', 'always')).flatMap(({ Labels }) =>
      Object.entries(Labels).flatMap(([key, value]) => (key.endsWith('.rule') ? [value] : [])),
    );

  beforeAll(async () => {
    const container = await docker.createContainer({
      Image: 'node:24-trixie-slim',
      Cmd: ['sleep', 'infinity'],
      Labels: { [label]: 'yes' },
    });
    edge = container.id;
    await container.start();
    platform = await Platform.start({ TRAEFIK_CONTAINER: `${label}=yes` });
    const folder = await writeFunction(
      await platform.workFolder('always'),
      nodeFunction('always', 'return "one";', 'edge: direct\n'),
    );
    await platform.platOk(['deploy'], { cwd: folder, timeoutMs: 300_000 });
  });
  afterAll(async () => {
    await docker
      .getContainer(edge)
      .remove({ force: true })
      .catch(() => undefined);
    await platform?.remove();
  });

  it('the live instances carry Traefik’s labels, and Traefik is on their network and can ask them', async () => {
    await expect.poll(async () => (await rules()).length, { timeout: 20_000 }).toBe(2);
    for (const rule of await rules()) expect(rule).toContain('Host(`default-always.platform.test`)');
    await expect.poll(networks, { timeout: 20_000 }).toContain(network());
    const started = async () =>
      (await containersOf(platform.namespace, 'default', 'always')).find(
        ({ Labels, NetworkSettings }) =>
          Labels['traefik.enable'] === 'true' && NetworkSettings.Networks[network()]?.IPAddress,
      );
    await expect.poll(started, { timeout: 20_000 }).toBeDefined();
    const instance = await started();
    expect(instance!.Labels).toMatchObject({ 'traefik.docker.network': network() });
    const address = instance!.NetworkSettings.Networks[network()]!.IPAddress;
    const script = `fetch('http://${address}:8080/').then(async (r) => console.log(r.status, await r.text()))`;
    const ask = async () => {
      const exec = await docker
        .getContainer(edge)
        .exec({ Cmd: ['node', '-e', script], AttachStdout: true, AttachStderr: true });
      let output = '';
      for await (const chunk of await exec.start({})) output += String(chunk);
      return output;
    };
    // It carries the labels from its start, a moment before it listens; Traefik tries again too.
    await expect.poll(ask, { timeout: 60_000, interval: 500 }).toMatch(/200 .*one/);
  });

  it('the proxy serves it all the same, and a domain that is added loses no request', async () => {
    const answers: number[] = [];
    const over = new AbortController();
    const client = (async () => {
      while (!over.signal.aborted)
        answers.push((await byHost(platform.port, 'default-always.platform.test')).status);
    })();
    await platform.platOk(['domains', 'add', 'always', 'www.example.org']);
    await expect
      .poll(
        async () => {
          const found = await rules();
          return found.length === 2 && found.every((rule) => rule.includes('Host(`www.example.org`)'));
        },
        { timeout: 30_000 },
      )
      .toBe(true);
    over.abort();
    await client;
    expect(answers.length).toBeGreaterThan(10);
    expect(answers.filter((status) => status !== 200)).toEqual([]);
    expect((await byHost(platform.port, 'www.example.org')).status).toBe(200);
  });

  it('scale.min 0 is refused with what to do', async () => {
    const folder = await writeFunction(
      await platform.workFolder('sleepy'),
      nodeFunction('sleepy', 'return 1;', 'edge: direct\nscale:\n  min: 0\n'),
    );
    const refused = await platform.plat(['deploy'], { cwd: folder });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/scale\.min/);
  });

  it('with the function go its labels, its network, and Traefik from it', async () => {
    await platform.platOk(['rm', 'always', '-y']);
    await expect
      .poll(async () => (await leftovers(platform.namespace)).networks, { timeout: 30_000 })
      .toEqual([]);
    expect(await networks()).not.toContain(network());
  });
});
