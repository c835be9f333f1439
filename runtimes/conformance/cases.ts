import type { Case } from './case.ts';
import { failureCases } from './cases-failures.ts';
import { lifecycleCases } from './cases-lifecycle.ts';
import { logCases } from './cases-logs.ts';
import { protocolCases } from './cases-protocol.ts';
import { requestCases } from './cases-requests.ts';
import { resultCases } from './cases-results.ts';
import { streamCases } from './cases-streams.ts';

/** Every case of the handler contract; docs/runtime-contract.md says the same in words. */
export const handlerCases: { title: string; cases: Case[] }[] = [
  { title: 'requests', cases: requestCases },
  { title: 'results', cases: resultCases },
  { title: 'failures', cases: failureCases },
  { title: 'streams', cases: streamCases },
  { title: 'logs', cases: logCases },
  { title: 'protocol', cases: protocolCases },
  { title: 'lifecycle', cases: lifecycleCases },
];
