import type { Check } from '@plat/platform-kit/checks.ts';
import { LABELS } from '@plat/platform-kit/docker/labels.ts';
import type { GarbageReport } from '@plat/platform-kit/garbage.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { containersOf, docker, engineProblem } from './src/engine.ts';
import { nodeFunction, writeFunction } from './src/function-folder.ts';
import { Platform } from './src/platform.ts';

const problem = await engineProblem();
const IMAGE = 'node:24-trixie-slim';

describe.skipIf(problem !== undefined)('doctor and gc', () => {
  let platform: Platform;
  let folder: string;
  const foreign: { containers: string[]; images: string[] } = { containers: [], images: [] };

  beforeAll(async () => {
    platform = await Platform.start({ KEEP_VERSIONS: '2', RESYNC_SECONDS: '3600' });
    folder = await platform.workFolder('hello');
  });
  afterAll(async () => {
    for (const id of foreign.containers)
      await docker
        .getContainer(id)
        .remove({ force: true })
        .catch(() => undefined);
    for (const name of foreign.images)
      await docker
        .getImage(name)
        .remove()
        .catch(() => undefined);
    await platform.remove();
  });

  const deploy = async (answer: string, settings = '') => {
    // Layers that a neighbour's images have too would free nothing.
    const body = `return ${JSON.stringify(answer)}; // ${platform.namespace}`;
    await writeFunction(folder, nodeFunction('hello', body, settings));
    await platform.platOk(['deploy', folder]);
  };
  const doctor = async (...args: string[]) => {
    const { code, stdout, stderr } = await platform.plat(['doctor', ...args, '-o', 'json']);
    if (!stdout.startsWith('{')) throw new Error(`plat doctor: ${stdout}\n${stderr}`);
    const { items } = JSON.parse(stdout) as { items: Check[] };
    return { code, items, of: (id: string) => items.find((check) => check.id === id)! };
  };
  const gc = async (...args: string[]) =>
    JSON.parse((await platform.platOk(['gc', ...args, '-o', 'json'])).stdout) as GarbageReport;
  const ours = { [LABELS.managed]: 'true' };
  const hasContainer = (id: string) => docker.getContainer(id).inspect().then(() => true, () => false); // prettier-ignore
  const imageIds = async () => {
    const filters = { label: [`${LABELS.namespace}=${platform.namespace}`] };
    return (await docker.listImages({ filters })).map(({ Id }) => Id).sort();
  };

  test('says that a healthy platform is healthy, with what was measured', async () => {
    await deploy('one', 'scale:\n  min: 1\n');
    const { code, items, of } = await doctor();
    expect(items.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    expect(code).toBe(0);
    for (const id of ['service.builder', 'service.function-controller', 'service.function-proxy', 'service.metadata-service', 'engine.version', 'engine.buildkit', 'base-images.node', 'network.containers', 'images.live', 'instances.present', 'instances.connected', 'networks.present', 'cli.reach', 'cli.version', 'port.public', 'database.answers'])
      expect(of(id), id).toMatchObject({ verdict: 'ok' }); // prettier-ignore
    expect(of('network.containers').evidence).toContain('found another by its name and connected');
    // The check left nothing of its own.
    const filters = { label: [`${LABELS.namespace}=${platform.namespace}`, `${LABELS.purpose}=doctor`] };
    expect(await docker.listContainers({ all: true, filters })).toEqual([]);
    expect(await docker.listNetworks({ filters })).toEqual([]);
  });

  test('is for administrators', async () => {
    const made = await platform.platJson<{ token: string }>([
      'tokens',
      'create',
      'dev',
      '--role',
      'developer',
    ]);
    for (const [method, route] of [['GET', '/api/doctor'], ['POST', '/api/doctor/fix'], ['POST', '/api/gc']] as const)
      expect((await platform.curl(route, { method, token: made.token })).status).toBe(403); // prettier-ignore
  });

  test('finds a stray container, and --fix removes it and no other', async () => {
    const stray = await docker.createContainer({
      Image: IMAGE,
      Cmd: ['sleep', '600'],
      Labels: { ...ours, [LABELS.namespace]: platform.namespace, [LABELS.functionId]: 'nobody' },
    });
    const other = await docker.createContainer({
      Image: IMAGE,
      Cmd: ['sleep', '600'],
      Labels: { ...ours, [LABELS.namespace]: `${platform.namespace}-other`, [LABELS.functionId]: 'nobody' },
    });
    foreign.containers.push(other.id, stray.id);
    const { code, of } = await doctor();
    expect(of('instances.strays')).toMatchObject({ verdict: 'warn', isFixable: true });
    expect(of('instances.strays').evidence).toContain('its function is deleted');
    expect(code).toBe(0);
    const fixed = await doctor('--fix');
    expect(fixed.of('instances.strays')).toMatchObject({ verdict: 'ok' });
    expect(fixed.of('instances.strays').fixed).toContain('removed container');
    expect(await hasContainer(stray.id)).toBe(false);
    expect(await hasContainer(other.id)).toBe(true);
  });

  test('finds an instance whose network was taken away, and --fix brings both back', async () => {
    const [instance] = await containersOf(platform.namespace, 'default', 'hello');
    const network = docker.getNetwork(`${platform.namespace}-functions-default`);
    await network.disconnect({ Container: instance!.Id, Force: true });
    await network.remove();
    const broken = await doctor();
    expect(broken.code).toBe(1);
    expect(broken.of('instances.connected')).toMatchObject({ verdict: 'fail', remedy: 'plat doctor --fix' });
    expect(broken.of('networks.present')).toMatchObject({ verdict: 'fail' });
    const fixed = await doctor('--fix');
    expect(fixed.of('networks.present')).toMatchObject({ verdict: 'ok' });
    const answer = await poll(
      async () => {
        const { status, text } = await platform.curl('/function/hello');
        return status === 200 ? text : undefined;
      },
      { intervalMs: 200, timeoutMs: 30_000 },
    );
    expect(answer).toContain('one');
    expect((await doctor()).code).toBe(0);
  });

  test('gc lists old images with --dry-run and removes exactly those; their versions say so', async () => {
    for (const answer of ['two', 'three', 'four']) await deploy(answer);
    const foreignTag = `${platform.namespace}-foreign:latest`;
    await docker.getImage(IMAGE).tag({ repo: `${platform.namespace}-foreign`, tag: 'latest' });
    foreign.images.push(foreignTag);
    const before = await imageIds();
    expect(before).toHaveLength(4);
    // The instances of the old versions go first.
    await poll(
      async () => ((await containersOf(platform.namespace, 'default', 'hello')).length === 0 ? true : (await gc('--dry-run')).items.filter(({ kind }) => kind === 'image').length === 2 ? true : undefined),
      { intervalMs: 300, timeoutMs: 40_000 },
    ); // prettier-ignore
    const dry = await gc('--dry-run');
    expect(dry.items.map(({ kind, outcome }) => [kind, outcome])).toEqual([['image', 'found'], ['image', 'found']]); // prettier-ignore
    expect(dry.items.map(({ why }) => why).sort()).toEqual([
      'only version 1 uses it, beyond the newest 2',
      'only version 2 uses it, beyond the newest 2',
    ]);
    expect(dry.bytes).toBeGreaterThan(0);
    expect(await imageIds()).toEqual(before);

    const real = await gc();
    expect(real.items).toEqual(dry.items.map((item) => ({ ...item, outcome: 'removed' })));
    const gone = dry.items.map(({ id }) => id);
    expect(await imageIds()).toEqual(before.filter((id) => !gone.includes(id)));
    expect((await docker.getImage(foreignTag).inspect()).Id).toBeTruthy();
    expect((await gc()).items).toEqual([]);

    const called = await platform.curl('/function/hello@1');
    expect(called.status).toBe(409);
    expect(called.text).toContain('plat source hello 1');
    const rolledBack = await platform.plat(['rollback', 'hello', '1']);
    expect(rolledBack.code).toBe(5);
    expect(rolledBack.stderr).toContain('was removed');
    await platform.platOk(['rollback', 'hello', '3']);
    expect((await platform.curl('/function/hello')).text).toContain('three');
    expect((await platform.plat(['source', 'hello', '1', '-O', '-'])).code).toBe(0);
  });

  test('says that the image of a version that serves is missing', async () => {
    await platform.platOk(['stop', 'hello']);
    await poll(
      async () =>
        (await containersOf(platform.namespace, 'default', 'hello')).length === 0 ? true : undefined,
      { intervalMs: 200, timeoutMs: 40_000 },
    );
    const versions = await platform.platJson<{ number: number; imageId: string }[]>(['versions', 'hello']);
    await docker.getImage(versions.find(({ number }) => number === 3)!.imageId).remove({ force: true });
    const { code, of } = await doctor();
    expect(code).toBe(1);
    expect(of('images.live')).toMatchObject({ verdict: 'fail', evidence: 'The image is missing of default/hello version 3.' }); // prettier-ignore
  });

  test('works without a platform and says how to start one', async () => {
    await platform.stop();
    const { code, stdout } = await platform.plat(['doctor']);
    expect(code).toBe(1);
    expect(stdout).toContain('Nothing answers at');
    expect(stdout).toContain('npm start');
  });
});
