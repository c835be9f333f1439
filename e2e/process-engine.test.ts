import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Check } from '@plat/platform-kit/checks.ts';
import { readPhase } from '@plat/platform-kit/engine-phase.ts';
import type { GarbageReport } from '@plat/platform-kit/garbage.ts';
import type { Execution, InstanceInfo, LogLine } from '@plat/platform-kit/domain.ts';
import { workRoot, findConfinement } from '@plat/platform-kit/process/confinement.ts';
import { listProcesses, processPaths } from '@plat/platform-kit/process/process-state.ts';
import { isAlive } from '@plat/platform-kit/process/process-tree.mjs';
import { OtlpReceiver } from '@plat/platform-kit/testing/otlp-receiver.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFunction } from './src/function-folder.ts';
import { Platform } from './src/platform.ts';

/** A machine without Docker: nothing answers where the engine should be. Later tests stand on the earlier ones. */
describe.skipIf(process.platform !== 'linux' && 'the engine "process" needs Linux')(
  'without Docker, functions run as processes',
  () => {
    let platform: Platform;
    let collector: OtlpReceiver;
    let folder: string;
    const engineFolder = () => path.join(platform.folder, 'data/process');
    const processes = () => listProcesses(engineFolder(), platform.namespace);
    const body = async (route: string, init: RequestInit = {}): Promise<unknown> => {
      const answer = await platform.curl(route, init);
      expect(answer.status, answer.text).toBe(200);
      return JSON.parse(answer.text);
    };
    const NODE = (text: string) => `
import { writeFileSync } from 'node:fs';
export const handler = async (event) => {
  const body = event.body ? JSON.parse(event.body) : {};
  console.log('printed', '${text}');
  if (body.exit) process.exit(3);
  if (body.hang) for (;;);
  if (body.wait) await new Promise((resolve) => setTimeout(resolve, body.wait));
  if (body.eat) globalThis.kept = Array.from({ length: body.eat }, () => Buffer.alloc(1024 * 1024, 1));
  if (body.write) { try { writeFileSync(body.write, 'x'); } catch (error) { return { code: error.code }; } }
  return { text: '${text}', pid: process.pid, uid: process.getuid(), env: Object.keys(process.env) };
};
`;

    beforeAll(async () => {
      collector = await OtlpReceiver.start();
      platform = await Platform.start({
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        DOCKER_HOST: 'unix:///nonexistent/docker.sock',
        STOP_GRACE_SECONDS: '2',
      });
    });
    afterAll(async () => {
      for (const { labels } of await processes().catch(() => []))
        await platform.plat(['rm', `${labels.project}.${labels.function}`, '--yes']);
      await platform?.remove();
      await collector?.close();
    });

    /** What nobody refers to any more; folders of dependencies stay for the next build. */
    const garbage = async (...args: string[]) =>
      (await platform.platJson<GarbageReport>(['gc', ...args])).items.filter(({ kind }) => kind !== 'folder');

    it('it says so, everywhere', async () => {
      expect(platform.output).toContain('isolates less than containers');
      await expect.poll(() => platform.output, { timeout: 10_000 }).toContain('PROCESSES OF THIS HOST');
      expect(await body('/api/system')).toMatchObject({
        engine: {
          engine: 'process',
          available: true,
          isolation: expect.stringContaining('network is the host'),
        },
      });
      const { stdout } = await platform.platOk(['system']);
      expect(stdout).toMatch(/Engine:?\s+process/);
      expect(stdout).toMatch(/Isolation:?\s/);
    });

    it('a node function is made, deployed and called', async () => {
      await platform.platOk(['init', 'hello', '--runtime', 'node']);
      folder = path.join(platform.folder, 'hello');
      await writeFile(path.join(folder, 'index.mjs'), NODE('one'));
      await platform.platOk(['deploy'], { cwd: folder });
      const answer = (await body('/function/hello')) as { text: string; env: string[]; uid: number };
      expect(answer.text).toBe('one');
      expect(answer.env.filter((name) => /TOKEN|SECRET|DOCKER/.test(name))).toEqual([]);
      if (process.getuid?.() === 0) expect(answer.uid).toBeGreaterThan(0);
    });

    it('a cold call is one trace through all services, and the build one of its own', async () => {
      await platform.platOk(['stop', 'hello']);
      await platform.platOk(['start', 'hello']);
      const [trace, span] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
      const headers = { traceparent: `00-${trace}-${span}-01` };
      const body = JSON.stringify({ secret: 'of-the-caller' });
      const answer = await platform.curl('/function/hello', { method: 'POST', headers, body });
      expect(answer.status, answer.text).toBe(200);
      await expect
        .poll(() => collector.tree(trace, span).filter((line) => !line.endsWith('engine start')), {
          timeout: 10_000,
        })
        .toEqual([
          'api-gateway: POST /function/:ref',
          '  function-proxy: call default/hello',
          '    function-proxy: queue',
          '      function-proxy: wake',
          '        function-controller: wake',
          '    function-proxy: connect',
          '    function-proxy: first byte',
          '    function-proxy: answer',
        ]);
      expect(collector.spans.find(({ name }) => name === 'build default/hello')).toMatchObject({
        service: 'builder',
        attributes: { 'plat.result': 'built', 'plat.version': 1 },
      });
      for (const secret of ['of-the-caller', 'dev-token']) expect(collector.text).not.toContain(secret);
      const { items } = JSON.parse(
        (await platform.curl(`/api/executions?requestId=${answer.headers.get('x-request-id')}`)).text,
      ) as { items: Execution[] };
      if (items.length > 0) expect(items[0]!.traceId).toBe(trace);
    });

    it('a draft of more than a megabyte runs once and leaves nothing', async () => {
      const draft = await writeFunction(await platform.workFolder('draft'), {
        'plat.yaml': 'name: draft\nruntime: node\n',
        'index.mjs': `import { statSync } from 'node:fs';\nexport const handler = ({ name }) => ({ name, size: statSync('model.bin').size });\n`,
        'model.bin': randomBytes(1_500_000).toString('hex'),
      });
      const args = ['invoke', '--draft', '-d', '{"name":"Ada"}'];
      const { stdout } = await platform.platOk(args, { cwd: draft, timeoutMs: 120_000 });
      expect(JSON.parse(stdout)).toEqual({ name: 'Ada', size: 3_000_000 });
      const names = async () => (await processes()).map(({ labels }) => labels.function);
      await expect.poll(names, { timeout: 15_000 }).not.toContainEqual(expect.stringMatching(/^plat-draft/));
      await expect.poll(() => garbage('--dry-run'), { timeout: 30_000 }).toEqual([]);
    });

    it('doctor says that it isolates less and what mends it, and has no complaint about an engine that is not used', async () => {
      const { code, stdout } = await platform.plat(['doctor', '-o', 'json']);
      const { items } = JSON.parse(stdout) as { items: Check[] };
      expect(items.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
      expect(code).toBe(0);
      const of = (id: string) => items.find((check) => check.id === id);
      expect(of('engine.version')).toMatchObject({
        verdict: 'ok',
        evidence: expect.stringContaining('processes of this host'),
      });
      expect(of('engine.isolation')).toMatchObject({
        verdict: 'warn',
        evidence: expect.stringContaining('network is the host'),
        remedy: expect.stringContaining('Docker'),
      });
      const ids = items.map(({ id }) => id);
      expect(ids).toEqual(
        expect.arrayContaining(['images.live', 'instances.present', 'proxy.sees-instances']),
      );
      expect(ids.filter((id) => /buildkit|base-images|network|ports|strays/.test(id))).toEqual([]);
    });

    it('gc removes nothing that is in use', async () => {
      expect(await garbage()).toEqual([]);
    });

    it('it cannot write beside itself or into the platform', async () => {
      const database = path.join(platform.folder, 'data/plat.db');
      for (const file of ['/etc/x', database, `${engineFolder()}/state/x`, '../x']) {
        const answer = await body('/function/hello', {
          method: 'POST',
          body: JSON.stringify({ write: file }),
        });
        // Without root and without bubblewrap a function is the same user as the platform; docs/process-engine.md says so.
        if (process.getuid?.() === 0) expect(answer).toMatchObject({ code: expect.any(String) });
      }
    });

    it('its log has what it printed', async () => {
      const lines = await platform.platJson<LogLine[]>(['logs', 'hello']);
      const texts = lines.map((line) => line.text);
      expect(texts).toContain('printed one');
    });

    it('a python function with a dependency runs', async () => {
      const own = await writeFunction(await platform.workFolder('snake'), {
        'plat.yaml': 'name: snake\nruntime: python\n',
        'main.py':
          'import six\ndef handler(event):\n    print("hiss")\n    return {"six": six.__version__}\n',
        'requirements.txt': 'six==1.17.0\n',
      });
      await platform.platOk(['deploy'], { cwd: own, timeoutMs: 180_000 });
      expect(await body('/function/snake')).toEqual({ six: '1.17.0' });
    });

    it('a node function with a dependency runs', async () => {
      const own = await writeFunction(await platform.workFolder('odd'), {
        'plat.yaml': 'name: odd\nruntime: node\n',
        'package.json': JSON.stringify({ type: 'module', dependencies: { 'is-number': '7.0.0' } }),
        'index.js': `import isNumber from 'is-number';\nexport const handler = () => ({ is: isNumber(4) });\n`,
      });
      await platform.platOk(['deploy'], { cwd: own, timeoutMs: 180_000 });
      expect(await body('/function/odd')).toEqual({ is: true });
      await platform.platOk(['rm', 'odd', '--yes']);
    });

    it('a dependency that does not exist fails the build and says so', async () => {
      const own = await writeFunction(await platform.workFolder('missing'), {
        'plat.yaml': 'name: missing\nruntime: python\n',
        'main.py': 'def handler(event):\n    return 1\n',
        'requirements.txt': 'surely-no-package-has-this-name-4711==9.9.9\n',
      });
      const { code, stderr } = await platform.plat(['deploy'], { cwd: own, timeoutMs: 180_000 });
      expect(code).not.toBe(0);
      expect(stderr).toContain('surely-no-package-has-this-name-4711');
      await platform.platOk(['rm', 'missing', '--yes']);
    });

    it('a new version takes over under load without a failed request', async () => {
      let isOver = false;
      const statuses: number[] = [];
      const texts = new Set<string>();
      const load = Promise.all(
        Array.from({ length: 4 }, async () => {
          while (!isOver) {
            const answer = await platform.curl('/function/hello');
            statuses.push(answer.status);
            if (answer.status === 200) texts.add((JSON.parse(answer.text) as { text: string }).text);
          }
        }),
      );
      await writeFile(path.join(folder, 'index.mjs'), NODE('two'));
      const settings = await readFile(path.join(folder, 'plat.yaml'), 'utf8');
      await writeFile(path.join(folder, 'plat.yaml'), settings.replace('timeout: 30s', 'timeout: 3s'));
      await platform.platOk(['deploy'], { cwd: folder });
      await expect.poll(() => [...texts], { timeout: 10_000 }).toContain('two');
      isOver = true;
      await load;
      expect(statuses.length).toBeGreaterThan(20);
      expect(statuses.filter((status) => status !== 200)).toEqual([]);
      // The old version's processes end.
      await expect
        .poll(async () => (await processes()).filter(({ labels }) => labels.function === 'hello').length, {
          timeout: 15_000,
        })
        .toBe(1);
    });

    it('a crash, a hang and too much memory hit one call, and the next ones are served', async () => {
      const call = (data: object) =>
        platform.curl('/function/hello', { method: 'POST', body: JSON.stringify(data) });
      const served = () =>
        expect
          .poll(async () => (await platform.curl('/function/hello')).status, { timeout: 15_000 })
          .toBe(200);
      expect((await call({ exit: true })).status).toBe(502);
      await served();
      expect((await call({ hang: true })).status).toBe(504);
      // Until the health check has said that it hangs, it may get one more.
      await served();
      const eaten = await call({ eat: 600 });
      // It may answer in the quarter of a second before somebody looks.
      expect([200, 502]).toContain(eaten.status);
      await expect
        .poll(async () => (await processes()).some(({ state }) => state?.outOfMemory), {
          timeout: 10_000,
        })
        .toBe(true);
      await served();
    });

    it('SIGKILL of the platform leaves functions running, and they are found again', async () => {
      const statuses = async () => (await processes()).map(({ status }) => status);
      // One that nobody called for a minute is paused.
      await body('/function/snake');
      await expect.poll(statuses, { timeout: 15_000 }).toEqual(['running', 'running']);
      const before = await processes();
      const { pid } = (await body('/function/hello')) as { pid: number };
      await platform.stop('SIGKILL');
      expect(await statuses()).toEqual(['running', 'running']);
      const { port } = before.find(({ labels }) => labels.function === 'hello')!.spec;
      expect((await fetch(`http://127.0.0.1:${port}/_plat/health`)).status).toBe(200);
      await platform.boot();
      expect(await body('/function/hello')).toMatchObject({ text: 'two', pid });
      const instances = await platform.platJson<InstanceInfo[]>(['instances', 'hello']);
      expect(instances.map(({ engine }) => engine)).toEqual(['process']);
    });

    it('stop ends its processes, start brings them back', async () => {
      await platform.platOk(['stop', 'hello']);
      await expect
        .poll(async () => (await processes()).filter(({ labels }) => labels.function === 'hello'), {
          timeout: 15_000,
        })
        .toEqual([]);
      await platform.platOk(['start', 'hello']);
      expect(await body('/function/hello')).toMatchObject({ text: 'two' });
    });

    it('rm leaves no process and no file', async () => {
      const before = await processes();
      await platform.platOk(['rm', 'hello', '--yes']);
      await platform.platOk(['rm', 'snake', '--yes']);
      await expect.poll(processes, { timeout: 20_000 }).toEqual([]);
      for (const { state, spec } of before) {
        expect(isAlive(state?.supervisor)).toBe(false);
        expect(isAlive(state?.child)).toBe(false);
        expect(existsSync(spec.workFolder)).toBe(false);
      }
      const paths = processPaths(engineFolder());
      expect(await readdir(paths.states)).toEqual([]);
      expect(await readdir(paths.logs)).toEqual([]);
      await expect.poll(() => readdir(paths.images), { timeout: 30_000 }).toEqual([]);
      const root = workRoot(findConfinement({ searchPath: process.env['PATH'] ?? '' }), engineFolder());
      expect(await readdir(root).catch(() => [])).toEqual([]);
      expect(readPhase(engineFolder())).toBe('process');
    });
  },
);
