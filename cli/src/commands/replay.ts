import { API } from '@plat/platform-kit/api/api.ts';
import { routePath } from '@plat/platform-kit/api/api-client.ts';
import type { ApiContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { printAnswer } from '../output/answer.ts';

export type ReplayArgs = {
  id: string;
  alias?: string;
  version?: number;
  include?: boolean;
  timeout: number;
};

/** Makes a call once more and streams its answer to standard output. Returns the exit code, as `invoke` does. */
export async function executionsReplay(context: ApiContext, args: ReplayArgs): Promise<number> {
  const startedAt = performance.now();
  const answer = await context.api.http.send('POST', routePath(API.replayExecution, { id: args.id }), {
    query: { alias: args.alias, version: args.version },
    headers: { 'accept-encoding': 'identity' },
    timeoutMs: args.timeout,
  });
  await printAnswer(context, answer, { include: args.include ?? false, timeoutMs: args.timeout, startedAt });
  return answer.status >= 400 ? EXIT_CODES.functionFailed.code : EXIT_CODES.ok.code;
}
