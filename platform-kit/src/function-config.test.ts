import { expect, test } from 'vitest';
import { type PlatformError } from './errors.ts';
import { FunctionConfig, FunctionConfigInput, resolveFunctionConfig } from './function-config.ts';
import { parseInput } from './parse.ts';
import type { RuntimeManifest } from './runtime-manifest.ts';
import { SCALE_DEFAULTS } from './scale-policy.ts';

const manifest = (id: string, contract: RuntimeManifest['contract']): RuntimeManifest => ({
  id,
  title: id,
  contract,
  defaults: { handler: 'index.handler', memoryMb: 256, concurrency: 8, timeoutSeconds: 30 },
  dependencyFiles: [],
  handlerFiles: [],
  baseImages: [],
});
const MANIFESTS = [
  manifest('node', 'handler'),
  manifest('python', 'handler'),
  manifest('dockerfile', 'http'),
];

function problem(input: unknown): string {
  try {
    parseInput(FunctionConfigInput, input, 'plat.yaml');
  } catch (error) {
    return (error as PlatformError).message;
  }
  throw new Error('It was accepted.');
}

test.each([
  [{}, 'runtime: expected the id of a runtime'],
  [{ runtime: 7 }, 'runtime: expected the id of a runtime, such as "node" or "python" (received 7)'],
  [{ runtime: 'node', handler: 'handler' }, 'handler: expected "<file>.<export>", such as "index.handler" (received "handler")'],
  [{ runtime: 'node', handler: '../x.handler' }, 'handler: expected a path inside the source'],
  [{ runtime: 'node', handler: '/etc/x.handler' }, 'handler: expected a path inside the source'],
  [{ runtime: 'node', memory: 'lots' }, 'memory: expected a size from 32MB to 10240MB, such as "128MB" or "1GB" (received "lots")'],
  [{ runtime: 'node', memory: 16 }, 'memory: expected a size from 32MB'],
  [{ runtime: 'node', cpu: 0 }, 'cpu: '],
  [{ runtime: 'node', cpu: '1' }, 'cpu: '],
  [{ runtime: 'node', timeout: '1h' }, 'timeout: expected a duration from 100ms to 15m (received "1h")'],
  [{ runtime: 'node', timeout: 'soon' }, 'timeout: expected a duration such as'],
  [{ runtime: 'node', concurrency: 0 }, 'concurrency: '],
  [{ runtime: 'node', concurrency: 1.5 }, 'concurrency: '],
  [{ runtime: 'node', scale: { min: -1 } }, 'scale.min: '],
  [{ runtime: 'node', scale: { min: 21 } }, 'scale.min: '],
  [{ runtime: 'node', scale: { idle: '1ms' } }, 'scale.idle: expected a duration from 1s to 7d'],
  [{ runtime: 'node', scale: { max: 0 } }, 'scale.max: '],
  [{ runtime: 'node', scale: { target: 1.5 } }, 'scale.target: '],
  [{ runtime: 'node', scale: { pauseAfter: 'soon' } }, 'scale.pauseAfter: expected a duration such as'],
  [{ runtime: 'node', scale: { stopAfter: '8d' } }, 'scale.stopAfter: expected a duration from 1s to 7d'],
  [{ runtime: 'node', scale: { mim: 1 } }, 'scale.mim: unknown key; did you mean "min"?'],
  [{ runtime: 'node', edge: 'directly' }, 'edge: '],
  [{ runtime: 'node', memroy: '1GB' }, 'memroy: unknown key; did you mean "memory"?'],
  [{ runtime: 'node', env: { PORT: '1' } }, 'env.PORT: PORT and names that start with PLAT_ are set by the platform'],
  [{ runtime: 'node', env: { PLAT_X: '1' } }, 'env.PLAT_X: PORT and names that start with PLAT_ are set by the platform'],
  [{ runtime: 'node', env: { '1A': '1' } }, 'env.1A: a variable name has letters'],
  [{ runtime: 'node', env: { 'A=B': '1' } }, 'env.A=B: a variable name has letters'],
  [{ runtime: 'node', env: { A: 'x'.repeat(40_000) } }, 'env: all variables together have at most 32 KiB'],
  [{ runtime: 'node', env: { A: 'x\0y' } }, 'env: a value must not contain a NUL character'],
])('%j is refused with what is wrong', (input, message) => {
  expect(problem(input)).toContain(message);
}); // prettier-ignore

test('no message shows the value of an environment variable', () => {
  for (const env of [{ PORT: 'hunter2' }, { 'A B': 'hunter2' }, { A: 'hunter2\0' }, { A: { b: 'hunter2' } }])
    expect(problem({ runtime: 'node', env })).not.toContain('hunter2');
});

test.each([
  [{ edge: 'direct' }, 1],
  [{ edge: 'direct', scale: { min: 3 } }, 3],
  [{ edge: 'proxy' }, 0],
] as const)('with %j the least number of instances is %i', (input, min) => {
  const config = resolveFunctionConfig(FunctionConfigInput.parse({ runtime: 'node', ...input }), MANIFESTS);
  expect(config).toMatchObject({ edge: input.edge, scale: { min } });
});

test('edge: direct with scale.min 0 is refused with what to do', () => {
  const input = FunctionConfigInput.parse({ runtime: 'node', edge: 'direct', scale: { min: 0 } });
  expect(() => resolveFunctionConfig(input, MANIFESTS)).toThrow(/scale\.min: with edge: direct.*edge: proxy/);
});

test('resolveFunctionConfig() fills what is left out from the manifest', () => {
  const config = resolveFunctionConfig(parseInput(FunctionConfigInput, { runtime: 'node' }, 'x'), MANIFESTS);
  expect(config).toEqual({
    runtime: 'node',
    contract: 'handler',
    handler: 'index.handler',
    memoryMb: 256,
    cpus: 1,
    timeoutMs: 30_000,
    concurrency: 8,
    env: {},
    scale: { ...SCALE_DEFAULTS },
    edge: 'proxy',
    keepBodies: 'off',
  });
  expect(FunctionConfig.parse(config)).toEqual(config);
});

test('resolveFunctionConfig() keeps what is given, in units', () => {
  const input = parseInput(
    FunctionConfigInput,
    { runtime: 'python', handler: 'app.main', memory: '1GB', cpu: 0.5, timeout: '1m', concurrency: 1, env: { A: 1, B: true }, scale: { min: 2, idle: 60 }, edge: 'off' },
    'x',
  ); // prettier-ignore
  expect(resolveFunctionConfig(input, MANIFESTS)).toMatchObject({
    handler: 'app.main', memoryMb: 1024, cpus: 0.5, timeoutMs: 60_000, concurrency: 1, env: { A: '1', B: 'true' }, scale: { min: 2, idleMs: 60_000 }, edge: 'off',
  }); // prettier-ignore
});

test('resolveFunctionConfig() has no handler where the contract has none', () => {
  expect(resolveFunctionConfig({ runtime: 'dockerfile' }, MANIFESTS).handler).toBeNull();
  expect(() => resolveFunctionConfig({ runtime: 'dockerfile', handler: 'app.app' }, MANIFESTS)).toThrow(
    'handler: a function of the runtime "dockerfile" has none',
  );
});

test('resolveFunctionConfig() keeps the handler of any contract whose runtime looks for one', () => {
  const flask = { ...manifest('python-flask', 'http'), handlerFiles: ['{module}.py'] };
  expect(
    resolveFunctionConfig({ runtime: 'python-flask', handler: 'wsgi.application' }, [flask]).handler,
  ).toBe('wsgi.application');
  expect(
    resolveFunctionConfig({ runtime: 'python-flask' }, [
      { ...flask, defaults: { ...flask.defaults, handler: undefined } },
    ]).handler,
  ).toBeNull();
});

test('resolveFunctionConfig() suggests the nearest runtime, or lists them', () => {
  expect(() => resolveFunctionConfig({ runtime: 'pyhton' }, MANIFESTS)).toThrow('did you mean "python"?');
  expect(() => resolveFunctionConfig({ runtime: 'cobolwxyz' }, MANIFESTS)).toThrow(
    'there are: node, python, dockerfile.',
  );
});
