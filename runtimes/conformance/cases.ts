import type { RuntimeManifest } from '@plat/platform-kit/runtime-manifest.ts';
import type { Case } from './case.ts';
import { failureCases } from './cases-failures.ts';
import { lifecycleCases } from './cases-lifecycle.ts';
import { logCases } from './cases-logs.ts';
import { protocolCases } from './cases-protocol.ts';
import { requestCases } from './cases-requests.ts';
import { httpCases } from './cases-http.ts';
import { resultCases } from './cases-results.ts';
import { scriptCases } from './cases-script.ts';
import { streamCases } from './cases-streams.ts';

/** Every case of each contract; docs/runtime-contract.md says the same in words. */
export const casesOf: Record<RuntimeManifest['contract'], { title: string; cases: Case[] }[]> = {
  handler: [
    { title: 'requests', cases: requestCases },
    { title: 'results', cases: resultCases },
    { title: 'failures', cases: failureCases },
    { title: 'streams', cases: streamCases },
    { title: 'logs', cases: logCases },
    { title: 'protocol', cases: protocolCases },
    { title: 'lifecycle', cases: lifecycleCases },
  ],
  http: [{ title: 'contract http', cases: httpCases }],
  script: [{ title: 'contract script', cases: scriptCases }],
};
