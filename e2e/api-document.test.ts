import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineProblem } from './src/engine.ts';
import { nodeFunction, writeFunction } from './src/function-folder.ts';
import { Platform } from './src/platform.ts';
import { runSchemathesis, schemathesisProblem } from './src/schemathesis.ts';

const problem = (await engineProblem()) ?? (await schemathesisProblem());

describe.skipIf(problem)('the API keeps to its document', () => {
  let platform: Platform;

  beforeAll(async () => {
    platform = await Platform.start({ RATE_LIMIT_PER_SECOND: '0' });
    const folder = await writeFunction(
      await platform.workFolder('hello'),
      nodeFunction('hello', 'return 1;'),
    );
    await platform.platOk(['deploy'], { cwd: folder });
  });
  afterAll(async () => {
    await platform?.remove();
  });

  it('schemathesis finds no 500 and no answer that is not declared', async () => {
    const token = platform.env['PLAT_TOKEN']!;
    const { code, stdout, stderr } = await runSchemathesis(platform.url, token, platform.folder);
    expect(`${stdout}\n${stderr}`).toMatch(/\d{3,} passed/);
    expect(code, `${stdout}\n${stderr}`).toBe(0);
  }, 300_000);
});
