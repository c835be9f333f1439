import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Execution, VersionRecord } from '@plat/platform-kit/domain.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineProblem } from './src/engine.ts';
import { writeFunction } from './src/function-folder.ts';
import { Platform } from './src/platform.ts';

const problem = await engineProblem();

/** `cloud.py` of a platform whose users bring their scripts along. */
const CALCULATOR = `# cloud.py

def calculator(a, b):
    return {
        "add": a + b,
        "subtract": a - b,
        "multiply": a * b,
        "divide": a / b if b != 0 else "undefined",
        "remainder": a % b if b != 0 else "undefined"
    }

if __name__ == "__main__":
    import sys

    try:
        a = float(sys.argv[1])
        b = float(sys.argv[2])
    except (IndexError, ValueError):
        print("Usage: python cloud.py <num1> <num2>")
        sys.exit(1)

    result = calculator(a, b)
    for op, value in result.items():
        print(f"{op}: {value}", end=" ")
`;

describe.skipIf(problem)('every runtime, from plat init to the answer', () => {
  let platform: Platform;

  beforeAll(async () => {
    platform = await Platform.start({
      COLD_START_TIMEOUT_SECONDS: '15',
      BUILD_TIMEOUT_SECONDS: '60',
      BUILD_FILE_LIMIT_MB: '64',
    });
  });
  afterAll(async () => {
    await platform?.remove();
  });

  const deploy = (folder: string) => platform.plat(['deploy'], { cwd: folder, timeoutMs: 170_000 });

  it('the quick start, as it is written', async () => {
    const folder = await platform.workFolder('quick-start');
    await platform.platOk(['init', '--runtime', 'python-flask'], { cwd: folder });
    const deployed = await deploy(path.join(folder, 'my-function'));
    expect(deployed.code, deployed.stderr).toBe(0);
    const answer = await platform.curl('/function/my-function');
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { message: 'Hello, world!' }]);
    const invoked = await platform.platOk(['invoke', 'my-function', '-d', '{"name":"Ada"}']);
    expect(invoked.stdout).toContain('Hello, Ada!');
    const logs = await platform.platOk(['logs', 'my-function']);
    expect(logs.stdout).toContain('Greeting Ada');
    const used = await poll(
      async () => {
        const { items } = JSON.parse((await platform.curl('/api/executions?function=my-function')).text) as {
          items: Execution[];
        };
        return items.find(({ cpuMs, memoryBytes }) => cpuMs !== null && memoryBytes !== null);
      },
      { intervalMs: 200, timeoutMs: 10_000 },
    );
    expect(used?.memoryBytes).toBeGreaterThan(1024 ** 2);
  });

  it.concurrent.each([
    ['node-express', '?name=Ada', 'Hello, Ada!'],
    ['script-node', '?arg1=3&arg2=4', '3 + 4 = 7'],
    ['script-python', '?arg1=3&arg2=4', '3 + 4 = 7'],
    ['go', '?name=Ada', 'Hello, Ada!'],
    ['dockerfile', '?name=Ada', 'Hello, Ada!'],
  ])('plat init --runtime %s, plat deploy, and the answer', async (runtime, query, expected) => {
    const name = `hello-${runtime}`;
    await platform.platOk(['init', name, '--runtime', runtime]);
    const deployed = await deploy(path.join(platform.folder, name));
    expect(deployed.code, deployed.stderr).toBe(0);
    const answer = await platform.curl(`/function/${name}${query}`);
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining(expected) as string]);
    expect([...answer.headers.keys()].filter((header) => header.startsWith('x-plat-'))).toEqual([]);
    // A server that is no runtime of ours is measured from outside, from its second call on.
    const measured = await poll(
      async () => {
        await platform.curl(`/function/${name}${query}`);
        const { text } = await platform.curl(`/api/executions?function=${name}`);
        const { items } = JSON.parse(text) as { items: Execution[] };
        return items.find(({ cpuMs, memoryBytes }) => cpuMs !== null && memoryBytes !== null);
      },
      { intervalMs: 300, timeoutMs: 20_000 },
    );
    expect(runtime === 'dockerfile' ? ['sampled', 'shared'] : ['runtime']).toContain(measured?.usage);
  });

  it('cloud.py works as it was written, and says how it is used', async () => {
    const folder = await writeFunction(await platform.workFolder('calculator'), {
      'plat.yaml': 'name: calculator\nruntime: script-python\n',
      'cloud.py': CALCULATOR,
    });
    expect((await deploy(folder)).code).toBe(0);
    const answer = await platform.curl('/function/calculator?arg1=3&arg2=4');
    expect([answer.status, answer.text]).toEqual([
      200,
      'add: 7.0 subtract: -1.0 multiply: 12.0 divide: 0.75 remainder: 3.0 ',
    ]);
    const wrong = await platform.curl('/function/calculator');
    expect(wrong.status).toBe(502);
    expect(JSON.parse(wrong.text)).toMatchObject({
      code: 'function_failed',
      detail: expect.stringContaining('exited with code 1: Usage: python cloud.py') as string,
    });
  });

  it('odd scripts have plain outcomes', async () => {
    const folder = await writeFunction(await platform.workFolder('odd'), {
      'plat.yaml': 'name: odd\nruntime: script-python\ntimeout: 8s\n',
      'main.py': `import sys, time
what = sys.argv[1] if len(sys.argv) > 1 else "nothing"
if what == "binary": sys.stdout.buffer.write(bytes([0, 255, 1, 254]))
if what == "much":
    for _ in range(100): sys.stdout.buffer.write(b"x" * 1024 * 1024)
if what == "three": print("gave up", file=sys.stderr); sys.exit(3)
if what == "stdin": print("read", len(sys.stdin.read()))
if what == "forever": time.sleep(600)
`,
    });
    expect((await deploy(folder)).code).toBe(0);
    const call = (what: string, options: RequestInit = {}) =>
      platform.curl(`/function/odd?what=${what}`, options);
    expect(await call('nothing')).toMatchObject({ status: 200, text: '' });
    expect((await call('binary')).headers.get('content-type')).toBe('application/octet-stream');
    expect((await call('much')).text).toHaveLength(100 * 1024 * 1024);
    expect(await call('stdin')).toMatchObject({ status: 200, text: 'read 0\n' });
    expect(await call('stdin', { method: 'POST', body: 'hello' })).toMatchObject({ text: 'read 5\n' });
    const three = await call('three');
    expect([three.status, three.text]).toEqual([
      502,
      expect.stringContaining('exited with code 3: gave up') as string,
    ]);
    const forever = await call('forever');
    expect([forever.status, forever.text]).toEqual([
      504,
      expect.stringContaining('function_timeout') as string,
    ]);
    // What never ended was killed, and holds nobody up.
    expect((await call('nothing')).status).toBe(200);
  });

  describe.concurrent('Dockerfiles and sources that are wrong', () => {
    const python = (script: string) =>
      `FROM python:3.13-slim-trixie\nCMD ["python", "-c", ${JSON.stringify(script)}]\n`;
    const server = (port: string, answer: string) =>
      `import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(str(${answer}).encode())
http.server.HTTPServer(("0.0.0.0", ${port}), Handler).serve_forever()`;

    async function fail(
      name: string,
      files: Record<string, string>,
      runtime = 'dockerfile',
    ): Promise<string> {
      const folder = await writeFunction(await platform.workFolder(name), {
        'plat.yaml': `name: ${name}\nruntime: ${runtime}\n`,
        ...files,
      });
      const { code, stderr } = await deploy(folder);
      expect(code, stderr).not.toBe(0);
      return stderr;
    }

    it('a source without a Dockerfile', async () => {
      expect(await fail('none', { 'server.py': '' })).toMatch(/no Dockerfile at its root/);
    });

    it('a Dockerfile with a wrong instruction', async () => {
      expect(await fail('typo', { Dockerfile: 'FORM debian\n' })).toMatch(/unknown instruction: FORM/);
    });

    it('a Dockerfile without CMD', async () => {
      expect(
        await fail('no-cmd', { Dockerfile: 'FROM scratch\nCOPY notes.txt /\n', 'notes.txt': '' }),
      ).toMatch(/neither CMD nor ENTRYPOINT/);
    });

    it('a Dockerfile that fills the disk', async () => {
      const text = await fail('disk', {
        Dockerfile: 'FROM debian:trixie-slim\nRUN dd if=/dev/zero of=/big bs=1M count=200\nCMD ["true"]\n',
      });
      expect(text).toMatch(/larger file than it may/);
    });

    it('a server on the wrong port', async () => {
      expect(await fail('wrong-port', { Dockerfile: python(server('9999', '1')) })).toMatch(
        /nothing listens on the port that the variable PORT names/,
      );
    });

    it('a program that ends at once', async () => {
      expect(await fail('ends', { Dockerfile: python('print("nothing to do")') })).toMatch(
        /exited|nothing to do/,
      );
    });

    it('a Dockerfile that wants to be root is nobody all the same', async () => {
      const folder = await writeFunction(await platform.workFolder('root'), {
        'plat.yaml': 'name: root\nruntime: dockerfile\n',
        Dockerfile: `${python(server('int(os.environ["PORT"])', 'os.getuid()'))}USER root\n`,
      });
      const deployed = await deploy(folder);
      expect(deployed.code, deployed.stderr).toBe(0);
      expect((await platform.curl('/function/root')).text).toBe('65532');
    });

    it('a Flask application that does not import', async () => {
      const text = await fail('import', { 'app.py': 'import absent_package\n' }, 'python-flask');
      expect(text).toMatch(/No module named 'absent_package' \(app\.py:1\)/);
    });

    it('a Node.js source without a server', async () => {
      expect(await fail('no-server', { 'package.json': '{}' }, 'node-express')).toMatch(
        /there is no server to start/,
      );
    });

    it('a Go source without a handler, and one that does not compile', async () => {
      expect(await fail('go-none', { 'x.go': 'package x\n' }, 'go')).toMatch(/neither func main nor Handler/);
      expect(await fail('go-typo', { 'x.go': 'package main\n\nfunc main() { prnt() }\n' }, 'go')).toMatch(
        /undefined: prnt/,
      );
    });
  });

  it('an unchanged function goes on after each of them', async () => {
    expect((await platform.curl('/function/calculator?a=1&b=2')).status).toBe(200);
  });

  it('a changed Dockerfile makes a new image, the same one none', async () => {
    const folder = path.join(platform.folder, 'hello-dockerfile');
    const version = async () =>
      platform.platJson<VersionRecord>(['deploy'], { cwd: folder, timeoutMs: 170_000 });
    expect((await version()).imageReused).toBe(true);
    await writeFile(path.join(folder, 'notes.txt'), 'changed');
    expect((await version()).imageReused).toBe(false);
  });
});
