import path from 'node:path';
import { readFile, writeFile } from 'node:fs/promises';
import type { FunctionRecord, LogLine, VersionRecord } from '@plat/platform-kit/domain.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byHost } from './src/by-host.ts';
import { containersOf, docker, engineProblem, leftovers } from './src/engine.ts';
import { Platform } from './src/platform.ts';

const problem = await engineProblem();

/** The first issue's list, typed in its order. Later tests of the file stand on the earlier ones. */
describe.skipIf(problem).each(['node', 'python'])(
  'a person deploys, calls, changes and deletes a %s function',
  (runtime) => {
    let platform: Platform;
    let folder: string;

    beforeAll(async () => {
      platform = await Platform.start();
    });
    afterAll(async () => {
      await platform?.remove();
    });

    it('plat init makes a folder that can be deployed', async () => {
      const { stdout, stderr } = await platform.platOk(['init', 'hello', '--runtime', runtime]);
      folder = path.join(platform.folder, 'hello');
      expect(stdout + stderr).toContain('hello');
      expect(await readFile(path.join(folder, 'plat.yaml'), 'utf8')).toContain('hello');
    });

    it('plat deploy ends with both URLs, and the phases go to stderr', async () => {
      const { stdout, stderr } = await platform.platOk(['deploy'], { cwd: folder, timeoutMs: 300_000 });
      expect(stdout).toContain('/function/hello');
      expect(stdout).toContain('default-hello.');
      expect(stderr).toMatch(/uploaded[\s\S]*built[\s\S]*started[\s\S]*live/);
    });

    it('curl with the token gets an answer that carries a request id', async () => {
      const answer = await platform.curl('/function/hello');
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-request-id')).toMatch(/.+/);
      expect([...answer.headers.keys()].filter((name) => name.startsWith('x-plat-'))).toEqual([]);
    });

    it('curl without the token, or with a wrong one, gets 401', async () => {
      expect((await platform.curl('/function/hello', { token: null })).status).toBe(401);
      const wrong = await platform.curl('/function/hello', { token: 'wrong' });
      expect(wrong.status).toBe(401);
      expect(JSON.parse(wrong.text)).toMatchObject({ code: 'unauthenticated', component: 'api-gateway' });
    });

    it('its own host answers without a token, on the domain and on localhost', async () => {
      for (const host of [
        'default-hello.platform.test',
        `default-hello.localhost:${platform.port}`,
        'DEFAULT-HELLO.platform.test:80',
      ]) {
        expect((await byHost(platform.port, host)).status, host).toBe(200);
      }
      expect((await byHost(platform.port, 'default-nobody.platform.test')).status).toBe(404);
    });

    it('plat invoke hands the data over as the event', async () => {
      const { stdout, stderr } = await platform.platOk(['invoke', 'hello', '-d', '{"name":"Ada"}']);
      expect(stdout).toContain('Ada');
      expect(stderr).toMatch(/request/i);
      expect(
        (await platform.platOk(['invoke', 'hello', '-f', '-'], { input: '{"name":"Grace"}' })).stdout,
      ).toContain('Grace');
      const http = await platform.platOk([
        'invoke',
        'hello',
        '-m',
        'GET',
        '-p',
        '/deep/path',
        '-q',
        'name=Lin',
        '-H',
        'X-Test: 1',
        '-i',
      ]);
      expect(http.stdout).toContain('200');
    });

    it('the runs are recorded', async () => {
      const executions = await poll(
        async () => {
          const { items } = JSON.parse((await platform.curl('/api/executions?function=hello')).text) as {
            items: { status: number; trigger: string }[];
          };
          return items.length >= 6 ? items : undefined;
        },
        { intervalMs: 200, timeoutMs: 10_000 },
      );
      expect(executions?.every((execution) => execution.status === 200)).toBe(true);
      expect(new Set(executions?.map((execution) => execution.trigger))).toEqual(
        new Set(['api', 'edge', 'invoke']),
      );
    });

    it('plat logs shows what a call printed, by its request id too', async () => {
      const file = path.join(folder, runtime === 'node' ? 'index.mjs' : 'main.py');
      const print =
        runtime === 'node' ? "console.log('printed by the call');" : "print('printed by the call')";
      const code = await readFile(file, 'utf8');
      expect(code).toMatch(/^ +(const )?name = /m);
      await writeFile(file, code.replace(/^( +)(?=(const )?name = )/m, `$1${print}\n$1`));
      await platform.platOk(['deploy'], { cwd: folder });
      await platform.curl('/function/hello', { headers: { 'x-request-id': 'find-me-again' } });
      await platform.curl('/function/hello');
      const lines = await poll(
        async () => {
          const { stdout } = await platform.platOk([
            'logs',
            'hello',
            '--since',
            '5m',
            '--request-id',
            'find-me-again',
          ]);
          return stdout.includes('printed by the call') ? stdout : undefined;
        },
        { intervalMs: 300, timeoutMs: 10_000 },
      );
      expect(lines?.match(/printed by the call/g)).toHaveLength(1);
      const all = JSON.parse((await platform.curl('/api/projects/default/functions/hello/logs')).text) as {
        items: LogLine[];
      };
      expect(all.items.filter((line) => line.text === 'printed by the call').length).toBe(2);
    });

    it('plat logs -f shows a line while it follows', async () => {
      let stdout = '';
      await platform.plat(['logs', 'hello', '-f'], {
        onStart: (child) => {
          child.stdout?.on('data', (chunk: Buffer) => {
            stdout += chunk.toString();
            if (stdout.split('printed by the call').length > 3) child.kill('SIGINT');
          });
          setTimeout(() => void platform.curl('/function/hello'), 2500);
        },
        timeoutMs: 30_000,
      });
      expect(stdout.split('printed by the call').length).toBeGreaterThan(3);
    });

    it('ls, describe, versions show it; whoami and config work', async () => {
      expect((await platform.platOk(['ls'])).stdout).toContain('hello');
      expect((await platform.platOk(['ls', '-o', 'name'])).stdout.trim()).toBe('hello');
      expect(await platform.platJson<{ name: string; status: string }>(['describe', 'hello'])).toMatchObject({
        name: 'hello',
        status: 'active',
      });
      expect((await platform.platOk(['describe'], { cwd: folder })).stdout).toContain('hello');
      const versions = await platform.platJson<VersionRecord[] | { items: VersionRecord[] }>([
        'versions',
        'hello',
      ]);
      expect((Array.isArray(versions) ? versions : versions.items).map((version) => version.number)).toEqual([
        2, 1,
      ]);
      expect((await platform.platOk(['whoami'])).stdout).toContain('admin');
      await platform.platOk(['config', 'ls']);
    });

    it('an unchanged deploy takes the earlier image', async () => {
      const before = await platform.platJson<VersionRecord>(['deploy'], { cwd: folder });
      expect(before.imageReused).toBe(true);
      expect(before.number).toBe(3);
    });

    it('plat rollback brings the earlier version back', async () => {
      await platform.platOk(['rollback', 'hello', '1']);
      const { versions, aliases } = await platform.platJson<FunctionRecord>(['describe', 'hello']);
      expect(aliases.find((alias) => alias.name === 'live')?.weights).toEqual([{ version: 1, weight: 100 }]);
      expect(versions.some((version) => version.number === 1)).toBe(true);
      expect((await platform.curl('/function/hello')).status).toBe(200);
    });

    it('plat stop makes calls fail plainly, plat start brings it back', async () => {
      await platform.platOk(['stop', 'hello']);
      const stopped = await poll(
        async () => {
          const answer = await platform.curl('/function/hello');
          return answer.status === 503 ? answer : undefined;
        },
        { intervalMs: 100, timeoutMs: 5000 },
      );
      expect(stopped?.text).toContain('stopped');
      expect(await gone(async () => (await running()).length === 0)).toBe(true);
      await platform.platOk(['start', 'hello']);
      const back = await poll(
        async () => ((await platform.curl('/function/hello')).status === 200 ? true : undefined),
        { intervalMs: 100, timeoutMs: 20_000 },
      );
      expect(back).toBe(true);
    });

    it('instances are confined and bind no port of the host', async () => {
      const [container] = await running();
      const info = await docker.getContainer(container!.Id).inspect();
      expect(info.HostConfig).toMatchObject({
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        Init: true,
        PortBindings: {},
      });
      expect(info.HostConfig.SecurityOpt).toContain('no-new-privileges');
      expect(info.HostConfig.Memory).toBe(info.HostConfig.MemorySwap);
      expect(info.HostConfig.Memory).toBeGreaterThan(0);
      expect(info.HostConfig.PidsLimit).toBeGreaterThan(0);
      expect(info.Config.User).toMatch(/^65532/);
      expect(Object.values(info.NetworkSettings.Ports).flat().filter(Boolean)).toEqual([]);
      expect(JSON.stringify(info.Config.Env)).not.toContain('dev-token');
    });

    it('plat rm wants a yes, then leaves nothing behind', async () => {
      const refused = await platform.plat(['rm', 'hello']);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain('--yes');
      await platform.platOk(['rm', 'hello', '--yes']);
      expect((await platform.curl('/function/hello')).status).toBe(404);
      expect((await byHost(platform.port, 'default-hello.platform.test')).status).toBe(404);
      const clean = await gone(async () => {
        const left = await leftovers(platform.namespace);
        return left.containers.length + left.images.length + left.networks.length === 0;
      });
      expect(clean, JSON.stringify(await leftovers(platform.namespace))).toBe(true);
      expect((await platform.plat(['describe', 'hello'])).code).toBe(4);
    });

    async function running() {
      return (await containersOf(platform.namespace, 'default', 'hello')).filter(
        (container) => container.State === 'running',
      );
    }

    async function gone(check: () => Promise<boolean>): Promise<boolean> {
      return (
        (await poll(async () => ((await check()) ? true : undefined), {
          intervalMs: 300,
          timeoutMs: 45_000,
        })) ?? false
      );
    }
  },
);
