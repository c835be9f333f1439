import type { ErrorCode } from '@plat/platform-kit/errors.ts';
import type { FailedStep } from './build-progress.ts';

export type Explanation = { code: ErrorCode; message: string };

const LINES_SHOWN = 20;

type Cause = {
  pattern: RegExp;
  explain: (match: RegExpExecArray, context: { memoryMb: number }) => Explanation;
};

const invalid = (message: string): Explanation => ({ code: 'invalid', message });

/** In this order: what stands further up is the cause of what stands further down. */
const CAUSES: Cause[] = [
  {
    // A runtime's Dockerfile says so itself: docs/runtime-contract.md, "The build context".
    pattern: /^plat: error: (.+)$/m,
    explain: (match) => invalid(match[1]!),
  },
  {
    pattern: /exit code: 153|File size limit exceeded|\bEFBIG\b/,
    explain: () =>
      invalid('A build step wrote a larger file than it may (setting BUILD_FILE_LIMIT_MB of the builder).'),
  },
  {
    pattern: /ENOSPC|no space left on device/i,
    explain: () => ({
      code: 'unavailable',
      message: 'The disk of the Docker engine is full. Free some space (docker system df) and deploy again.',
    }),
  },
  {
    pattern:
      /exit code: 137|\bMemoryError\b|JavaScript heap out of memory|ERR_MEMORY_ALLOCATION_FAILED|cannot allocate memory|std::bad_alloc|\bENOMEM\b|^Killed$/im,
    explain: (_match, { memoryMb }) =>
      invalid(`The build ran out of memory: a build step may use ${memoryMb} MiB (setting BUILD_MEMORY_MB).`),
  },
  {
    pattern:
      /CERTIFICATE_VERIFY_FAILED|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(?:GET_ISSUER_CERT|VERIFY_LEAF_SIGNATURE)\w*|DEPTH_ZERO_SELF_SIGNED_CERT/,
    explain: () => ({
      code: 'unavailable',
      message:
        'The certificate of the package index is not trusted in the build. If there is a proxy with its own certificate authority, name it in BUILD_CA_FILE.',
    }),
  },
  {
    pattern:
      /npm error code (ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT)|Failed to establish a new connection|Temporary failure in name resolution|NewConnectionError|ConnectTimeoutError|ReadTimeoutError/,
    explain: () => ({
      code: 'unavailable',
      message:
        'The package index cannot be reached from the build. Check the network of the Docker engine, or set BUILD_NPM_REGISTRY or BUILD_PIP_INDEX_URL to a mirror.',
    }),
  },
  {
    pattern: /npm error code (?:E401|E403|ENEEDAUTH)|401 Client Error|403 Client Error/,
    explain: () =>
      invalid('The package index refused a package: it wants other credentials, or none may have it.'),
  },
  {
    pattern: /No matching distribution found for ([^\s(]+)/,
    explain: (match) =>
      invalid(
        `requirements.txt: there is no package ${match[1]} (No matching distribution found for ${match[1]}). Check its name and version, and that it supports this Python.`,
      ),
  },
  {
    pattern: /ERROR: ResolutionImpossible|conflicting dependencies/,
    explain: () => invalid('requirements.txt: the packages ask for versions that exclude each other.'),
  },
  {
    pattern: /ERROR: Invalid requirement: (['"]?)(.+?)\1(?::|$| \()/m,
    explain: (match) => invalid(`requirements.txt: "${match[2]}" is not a requirement that pip can read.`),
  },
  {
    pattern: /'([^']+)' (?:is not in this registry|could not be found)/,
    explain: (match) =>
      invalid(
        `package.json: there is no package ${match[1]} in the registry (npm E404). Check its name, and whether it is private.`,
      ),
  },
  {
    pattern: /npm error (?:notarget|code ETARGET)[\s\S]*?No matching version found for (\S+?)\.?(?:\s|$)/,
    explain: (match) => invalid(`package.json: there is no version ${match[1]} (npm ETARGET).`),
  },
  {
    pattern: /npm error code E404/,
    explain: () => invalid('package.json: a package is not in the registry (npm E404).'),
  },
  {
    pattern: /npm error code EUSAGE[\s\S]*(?:in sync|package-lock\.json|npm-shrinkwrap\.json)/,
    explain: () =>
      invalid(
        'package-lock.json does not match package.json (npm EUSAGE). Run "npm install" and deploy again with the new lock file.',
      ),
  },
  {
    pattern: /npm error code EJSONPARSE|npm error JSON\.parse/,
    explain: () => invalid('package.json or package-lock.json is not valid JSON.'),
  },
  {
    pattern: /npm error code ERESOLVE/,
    explain: () =>
      invalid('package.json: the packages ask for versions that exclude each other (npm ERESOLVE).'),
  },
];

/**
 * Says in one or two sentences why a build step failed: a cause that is well known, else the step and its exit code. With
 * it the lines that matter: the last ones, or those from the known cause on.
 */
export function explainFailure(
  step: FailedStep,
  context: { memoryMb: number },
): Explanation & { logTail: string[] } {
  const text = [...step.tail, step.error].join('\n');
  for (const { pattern, explain } of CAUSES) {
    const match = pattern.exec(text);
    if (!match) continue;
    const from = text.slice(0, match.index).split('\n').length - 1;
    const start = Math.max(0, Math.min(from, step.tail.length - LINES_SHOWN));
    return { ...explain(match, context), logTail: step.tail.slice(start, start + LINES_SHOWN) };
  }
  return { ...unknownCause(step), logTail: step.tail.slice(-LINES_SHOWN) };
}

function unknownCause(step: FailedStep): Explanation {
  const exit = /exit code: (\d+)/.exec(step.error)?.[1];
  const how = exit === undefined ? `failed: ${step.error}` : `failed with exit code ${exit}`;
  return invalid(`The build step "${step.name}" ${how}.`);
}
