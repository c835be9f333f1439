import { describe, expect, it } from 'vitest';
import { explainFailure } from './explain-failure.ts';

const EXIT_1 = 'process "/bin/sh -c x" did not complete successfully: exit code: 1';
const explain = (tail: string, error = EXIT_1) =>
  explainFailure({ name: '[deps 3/4] RUN x', error, tail: tail.split('\n') }, { memoryMb: 512 });

describe('explainFailure()', () => {
  it.each<[string, string, 'invalid' | 'unavailable', RegExp]>([
    ['a package that pip does not find', 'ERROR: Could not find a version that satisfies the requirement nope==9 (from versions: 1)\nERROR: No matching distribution found for nope==9', 'invalid', /no package nope==9 /],
    ['a requirement that is none', "ERROR: Invalid requirement: 'a b c': Expected end", 'invalid', /"a b c" is not a requirement/],
    ['requirements that exclude each other', 'ERROR: ResolutionImpossible: for help visit', 'invalid', /exclude each other/],
    ['a package that npm does not find', "npm error code E404\nnpm error 404  'nope@^1.0.0' is not in this registry.", 'invalid', /no package nope@\^1\.0\.0 /],
    ['the same, as newer npm says it', "npm error code E404\nnpm error 404  The requested resource 'nope@1' could not be found or you do not have permission to access it.", 'invalid', /no package nope@1 /],
    ['a version that npm does not find', 'npm error code ETARGET\nnpm error notarget No matching version found for is-odd@99.0.1.\nnpm error x', 'invalid', /no version is-odd@99\.0\.1 /],
    ['a lock file that is out of step', 'npm error code EUSAGE\nnpm error\nnpm error `npm ci` can only install packages when your package.json and package-lock.json are in sync.', 'invalid', /package-lock\.json does not match/],
    ['a package.json that is no JSON', 'npm error code EJSONPARSE\nnpm error path /deps/package.json', 'invalid', /not valid JSON/],
    ['a full disk', "OSError: [Errno 28] No space left on device: '/opt'", 'unavailable', /disk/],
    ['a network that is away', 'npm error code EAI_AGAIN\nnpm error syscall getaddrinfo', 'unavailable', /cannot be reached/],
    ['a certificate that is not trusted', 'SSLError(1, "[SSL: CERTIFICATE_VERIFY_FAILED]")\nERROR: No matching distribution found for flask', 'unavailable', /BUILD_CA_FILE/],
    ['what a runtime says itself', 'x\nplat: error: there is no server to start.\ny', 'invalid', /^there is no server to start\.$/],
    ['a file that is too large', 'dd: error writing: File size limit exceeded', 'invalid', /BUILD_FILE_LIMIT_MB/],
    ['memory in Python', 'MemoryError', 'invalid', /512 MiB/],
    ['memory in Node', 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', 'invalid', /512 MiB/],
  ])('names %s', (_what, tail, code, message) => {
    expect(explain(tail)).toMatchObject({ code, message: expect.stringMatching(message) });
  }); // prettier-ignore

  it('takes a kill for a lack of memory', () => {
    expect(explain('', 'did not complete successfully: exit code: 137').message).toMatch(/ran out of memory/);
  });

  it('names the step and its exit code when the cause is not known', () => {
    const { code, message } = explain('something odd');
    expect([code, message]).toEqual([
      'invalid',
      'The build step "[deps 3/4] RUN x" failed with exit code 1.',
    ]);
  });

  it('shows the last 20 lines, or 20 from the known cause on', () => {
    const noise = Array.from({ length: 50 }, (_, i) => `noise ${i}`).join('\n');
    expect(explain(noise).logTail).toEqual(noise.split('\n').slice(-20));
    const usage = 'npm error code EUSAGE\nnpm error package-lock.json is missing';
    const { logTail } = explain(`before\n${usage}\n${noise}`);
    expect(logTail).toHaveLength(20);
    expect(logTail.slice(0, 2)).toEqual(usage.split('\n'));
  });
});
