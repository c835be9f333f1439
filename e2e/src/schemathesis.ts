import { access } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProcess, type Finished } from './run-process.ts';

const CACHE = process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache');
/** Where `scripts/setup-schemathesis.sh` puts it. */
const PROGRAM = path.join(CACHE, 'plat/schemathesis/bin/schemathesis');
const CONFIG = fileURLToPath(new URL('schemathesis.toml', import.meta.url));

const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];

/** Answers that do not end, and those that are a function's or a page. */
const LEFT_OUT = [
  'watchVersion',
  'watchEvents',
  'testFunction',
  'callFunction',
  'callFunctionWithBody',
  'invoke',
  'docsPage',
];

/** Why schemathesis cannot run on this machine; undefined when it can. */
export async function schemathesisProblem(): Promise<string | undefined> {
  try {
    await access(PROGRAM);
    return undefined;
  } catch {
    if (process.env['PLAT_FORBID_SKIPS'] === '1')
      throw new Error(
        'schemathesis is not installed (scripts/setup-schemathesis.sh), and skips are forbidden.',
      );
    return 'schemathesis is not installed';
  }
}

/** Sends the gateway at `url` what its document allows and forbids; exits with 0 when every answer is a declared one. */
export function runSchemathesis(url: string, token: string, folder: string): Promise<Finished> {
  return runProcess(
    PROGRAM,
    [
      '--config-file',
      CONFIG,
      'run',
      `${url}/openapi.json`,
      '--header',
      `Authorization: Bearer ${token}`,
      '--checks',
      CHECKS.join(','),
      '--phases',
      'coverage,fuzzing',
      '--max-examples',
      '3',
      ...LEFT_OUT.flatMap((id) => ['--exclude-operation-id', id]),
      '--seed',
      '1',
      '--generation-database',
      'none',
      '--no-shrink',
      '--continue-on-failure',
      '--request-timeout',
      '20',
      '--no-color',
    ],
    { cwd: folder, timeoutMs: 280_000 },
  );
}
