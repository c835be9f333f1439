import { z } from 'zod';
import { LogLine, Outcome } from '../domain.ts';
import { ERRORS, type ErrorCode } from '../errors.ts';
import { FunctionConfigInput } from '../function-config.ts';
import { ProjectName } from './inputs.ts';
import { defineRoute } from './route.ts';

/** Files by their paths; text, or `{base64}`. */
const Files = z
  .record(z.string().min(1).max(500), z.union([z.string(), z.strictObject({ base64: z.base64() })]))
  .refine((files) => Object.keys(files).length >= 1, 'expected at least one file')
  .refine((files) => Object.keys(files).length <= 500, 'expected at most 500 files');

const call = {
  event: z.unknown().optional().meta({ description: 'For contract `handler`: the event itself.' }),
  request: z
    .strictObject({
      method: z
        .string()
        .regex(/^[A-Z]{1,20}$/, 'expected a method such as "GET"')
        .optional(),
      path: z.string().startsWith('/').max(4000).optional(),
      headers: z.record(z.string(), z.string()).optional(),
      body: z.string().optional(),
    })
    .optional()
    .meta({ description: 'An HTTP call instead of an event.' }),
};

/** What a handler gets is `event`; other contracts get `request`. */
export const DraftCall = z.strictObject(call);
export type DraftCall = z.output<typeof DraftCall>;

export const DraftInput = z.strictObject({ config: FunctionConfigInput, files: Files, ...call });
/** The same with an archive instead of files. */
export const DraftForm = z.strictObject({
  config: FunctionConfigInput,
  ...call,
  source: z.string().meta({ description: 'A zip, as a deploy takes it.' }),
});
export type DraftInput = z.output<typeof DraftInput>;

export const DraftResult = z.object({
  requestId: z.string(),
  outcome: Outcome,
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  isBase64: z.boolean().meta({ description: 'Whether `body` is base64, because the answer is no text.' }),
  isCut: z.boolean().meta({ description: 'Whether the answer was longer than what is kept of it.' }),
  error: z
    .object({ code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]), message: z.string(), component: z.string() })
    .nullable(),
  logs: z.array(LogLine),
  cpuMs: z.number().nullable(),
  memoryBytes: z.int().nullable(),
  buildMs: z.number(),
  startMs: z.number(),
  durationMs: z.number(),
}); // prettier-ignore
export type DraftResult = z.output<typeof DraftResult>;

export const draftsApi = {
  testFunction: defineRoute({
    method: 'post',
    path: '/functions/test',
    tag: 'Functions',
    summary: 'Run code that is not deployed, once',
    description:
      'Files as JSON have at most 1 MiB together; a form takes what a deploy takes. ' +
      'In a fresh sandbox with the limits of its configuration; nothing of it stays. The status is 200 whatever the function ' +
      'did, or whether it could be built at all; what came of it is in the answer. It takes as long as a deploy and the call.',
    action: 'function.deploy',
    query: z.strictObject({ project: ProjectName.optional() }),
    body: { json: DraftInput, orForm: { form: DraftForm, binary: ['source'] } },
    answer: { status: 200, json: DraftResult },
    problems: ['not_found', 'too_large'],
  }),
}; // prettier-ignore
