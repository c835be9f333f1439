import path from 'node:path';
import type { Check } from '@plat/platform-kit/checks.ts';
import { LABELS } from '@plat/platform-kit/docker/labels.ts';
import { contains, parseBlock } from '@plat/platform-kit/docker/subnets.ts';
import type { GarbageReport } from '@plat/platform-kit/garbage.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ComposeStack } from './src/compose-stack.ts';
import { containersOf, docker, engineProblem } from './src/engine.ts';
import { nodeFunction, writeFunction } from './src/function-folder.ts';
import { PrivateRegistry } from './src/private-registry.ts';

const problem = await engineProblem();
const KEEP = 2;

/** doctor, gc and registries on the Compose stack, where the engine is seen through its gate. */
describe.skipIf(problem)('upkeep of the Compose stack', () => {
  let stack: ComposeStack;
  let registry: PrivateRegistry | undefined;

  beforeAll(async () => {
    stack = await ComposeStack.create({ KEEP_VERSIONS: String(KEEP) });
    await stack.up();
  }, 300_000);
  afterAll(async () => {
    await registry?.remove();
    await stack?.remove();
  }, 120_000);

  const deploy = async (answer: string) => {
    const cwd = await writeFunction(await stack.workFolder('hello'), nodeFunction('hello', `return "${answer}";`, 'scale:\n  min: 1\n'));
    return stack.plat(['deploy'], { cwd });
  }; // prettier-ignore
  const deployOk = async (answer: string) => expect(await deploy(answer)).toMatchObject({ code: 0 });
  const call = async () => (await stack.curl('/function/hello')).text;
  const doctor = async (...args: string[]) => {
    const { stdout, stderr } = await stack.plat(['doctor', ...args, '-o', 'json']);
    if (!stdout.startsWith('{')) throw new Error(`plat doctor: ${stdout}\n${stderr}`);
    const { items } = JSON.parse(stdout) as { items: Check[] };
    return { items, of: (id: string) => items.find((check) => check.id === id)! };
  };
  const gc = async (...args: string[]) =>
    JSON.parse((await stack.platOk(['gc', ...args, '-o', 'json'])).stdout) as GarbageReport;
  const registryBytes = async () =>
    Number(/^\d+/.exec((await stack.exec('registry', 'du', '-sk', '/var/lib/registry')).stdout)?.[0]);
  const imageRefs = async () =>
    (JSON.parse((await stack.platOk(['versions', 'hello', '-o', 'json'])).stdout) as { items?: unknown[] } & { number: number; imageRef: string | null }[]); // prettier-ignore

  it('doctor finds nothing wrong, and looks at the registry by pushing and pulling', async () => {
    await deployOk('one');
    const { items, of } = await doctor();
    expect(items.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    for (const id of ['registry.answers', 'registry.images', 'network.containers', 'network.addresses', 'engine.version', 'engine.buildkit', 'base-images.node', 'images.live', 'instances.present', 'networks.present', 'database.answers'])
      expect(of(id), id).toMatchObject({ verdict: 'ok' });
    expect(of('registry.images').evidence).toMatch(/pushed in \d+ ms and pulled in \d+ ms/);
    expect(of('port.public').verdict).toBe('skip');
    // The trial left nothing: neither a name on the engine nor a manifest in the registry.
    const images = await docker.listImages({ filters: { label: [`${LABELS.namespace}=${stack.name}`] } });
    expect(JSON.stringify(images)).not.toContain('/doctor');
    const tags = await stack.exec('registry', 'find', '/var/lib/registry', '-path', '*doctor*', '-name', 'link', '-path', '*tags*');
    expect(tags.stdout).toBe('');
  }); // prettier-ignore

  it('projects have subnets of the pool', async () => {
    const network = await docker.getNetwork(`${stack.name}-functions-default`).inspect();
    const { Subnet } = (network as { IPAM: { Config: { Subnet: string }[] } }).IPAM.Config[0]!;
    expect(contains(parseBlock('10.212.0.0/14')!, parseBlock(Subnet)!), Subnet).toBe(true);
  });

  it('doctor --fix removes a stray container and brings a lost network back', async () => {
    const labels = { [LABELS.managed]: 'true', [LABELS.namespace]: stack.name, [LABELS.functionId]: 'nobody' };
    const stray = await docker.createContainer({ Image: 'node:24-trixie-slim', Cmd: ['sleep', '600'], Labels: labels });
    const [instance] = await containersOf(stack.name, 'default', 'hello');
    await docker.getNetwork(`${stack.name}-functions-default`).disconnect({ Container: instance!.Id, Force: true });
    expect((await doctor()).of('instances.strays')).toMatchObject({ verdict: 'warn', isFixable: true });
    const fixed = await doctor('--fix');
    expect(fixed.of('instances.strays')).toMatchObject({ verdict: 'ok' });
    await expect(docker.getContainer(stray.id).inspect()).rejects.toThrow();
    const answers = await poll(async () => ((await call().catch(() => '')) === '"one"' ? true : undefined), { intervalMs: 200, timeoutMs: 30_000 });
    expect(answers).toBe(true);
  }); // prettier-ignore

  it('gc takes images and manifests of old versions, and the registry then frees the space', async () => {
    for (const answer of ['two', 'three', 'four']) await deployOk(answer);
    const isSettled = async () => (await containersOf(stack.name, 'default', 'hello')).length === 1;
    await poll(async () => ((await isSettled()) ? true : undefined), { intervalMs: 200, timeoutMs: 60_000 });
    const before = await registryBytes();
    const dry = await gc('--dry-run');
    expect(dry.items.map(({ kind }) => kind).sort()).toEqual(['image', 'image', 'manifest', 'manifest']);
    const real = await gc();
    expect(real.items.map(({ outcome }) => outcome)).toEqual(['removed', 'removed', 'removed', 'removed']);
    expect(real.problems).toEqual([]);
    expect((await gc('--dry-run')).items).toEqual([]);
    const collected = await stack.exec('registry', 'registry', 'garbage-collect', '--delete-untagged', '/etc/docker/registry/config.yml');
    expect(collected.code, collected.stderr).toBe(0);
    await stack.composeOk(['restart', 'registry']);
    await stack.up('--no-deps', 'registry');
    expect(await registryBytes()).toBeLessThan(before);
    const refs = JSON.stringify(await imageRefs());
    expect(refs.match(/"imageRef":"/g)).toHaveLength(KEEP);
    // What is kept is still whole, and pushing goes on.
    await deployOk('one');
    expect(await call()).toBe('"one"');
  }); // prettier-ignore

  it('a registry with TLS and htpasswd: a deploy says what is missing, and succeeds on the next try', async () => {
    registry = await PrivateRegistry.start(`${stack.name}-private`, path.join(stack.folder, 'private'));
    const apply = async (settings: Record<string, string>) => {
      Object.assign(stack.settings, settings);
      await stack.up('--no-deps', 'builder', 'function-controller');
    };
    await apply({ REGISTRY_URL: `https://${registry.host}`, REGISTRY_ENGINE_HOST: registry.host });
    const untrusted = await deploy('private');
    expect(untrusted.code).not.toBe(0);
    expect(untrusted.stderr).toContain(`/etc/docker/certs.d/${registry.host}/ca.crt`);
    expect((await doctor()).of('registry.answers')).toMatchObject({ verdict: 'fail', evidence: expect.stringContaining('REGISTRY_CA_FILE') as string });

    await registry.trustByEngine();
    await apply({ REGISTRY_CA_FILE: registry.caFile, REGISTRY_USERNAME: PrivateRegistry.username, REGISTRY_PASSWORD: 'wrong' });
    const refused = await deploy('private');
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('REGISTRY_USERNAME and REGISTRY_PASSWORD');
    expect((await doctor()).of('registry.answers')).toMatchObject({ verdict: 'fail', evidence: expect.stringContaining('REGISTRY_PASSWORD') as string });
    expect(await call()).toBe('"one"');

    await apply({ REGISTRY_PASSWORD: PrivateRegistry.password });
    await deployOk('private');
    expect(await call()).toBe('"private"');
    const { of } = await doctor();
    expect(of('registry.answers')).toMatchObject({ verdict: 'ok' });
    expect(of('registry.images')).toMatchObject({ verdict: 'ok' });
  }); // prettier-ignore

  it('an image that the engine has lost comes from that registry, by its credentials', async () => {
    const [live] = (await imageRefs()) as unknown as { imageId: string; imageRef: string }[];
    expect(live!.imageRef).toContain(registry!.host);
    await stack.platOk(['stop', 'hello']);
    const isGone = async () => (await containersOf(stack.name, 'default', 'hello')).length === 0;
    await poll(async () => ((await isGone()) ? true : undefined), { intervalMs: 200, timeoutMs: 30_000 });
    await docker.getImage(live!.imageId).remove({ force: true });
    await stack.platOk(['start', 'hello']);
    expect(await call()).toBe('"private"');
    expect((await stack.platOk(['build-log', 'hello'])).stdout).not.toContain('building it again');
  });

  it('half of the credentials are refused at the start', async () => {
    const { code, stdout, stderr } = await stack.compose(['run', '--rm', '--no-deps', '-e', 'REGISTRY_USERNAME=', 'builder']);
    expect(code).toBe(1);
    expect(stdout + stderr).toContain('REGISTRY_USERNAME: expected a value, because REGISTRY_PASSWORD has one');
  }); // prettier-ignore
});
