import { IncomingMessage } from 'node:http';
import type { RecordedExecution } from '@plat/platform-kit/clients/metadata-client.ts';
import type { Trigger } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';

export type ReplayedCall = {
  method: string;
  path: string;
  trigger: Trigger;
  contentType: string | undefined;
  body: Buffer;
};

/** The call that is to be made again. Throws `conflict` when the record does not hold all that was sent. */
export function replayedCall(execution: RecordedExecution): ReplayedCall {
  const { method, path, trigger, bytesIn } = execution;
  const request = execution.bodies?.request ?? null;
  if (path.endsWith('…') || path.includes('[redacted]')) throw incomplete('its path was cut, or holds a secret');
  if (bytesIn > 0 && request === null) throw incomplete('its body was not kept; deploy with keepBodies: all to keep those of later calls');
  if (request?.isCut) throw incomplete(`only the beginning of its body of ${request.bytes} bytes was kept`);
  if (request?.isRedacted) throw incomplete('secrets were struck out of its body');
  if (request && request.text === null) throw incomplete('its body is not of a kind that is kept');
  return {
    method,
    path,
    // A caller with a token is no stranger at the function's own host.
    trigger: trigger === 'invoke' ? 'invoke' : 'api',
    contentType: request?.contentType || undefined,
    body: Buffer.from(request?.text ?? ''),
  };
} // prettier-ignore

/** The request for a replay as if it had come on `req`'s connection, with none of `req`'s own headers but its host. */
export function replayRequest(req: IncomingMessage, call: ReplayedCall): IncomingMessage {
  const replayed = new IncomingMessage(req.socket);
  const headers: Record<string, string> = {
    ...(req.headers.host === undefined ? {} : { host: req.headers.host }),
    ...(call.contentType === undefined ? {} : { 'content-type': call.contentType }),
    ...(call.body.length > 0 ? { 'content-length': String(call.body.length) } : {}),
  };
  replayed.method = call.method;
  replayed.url = call.path;
  replayed.headers = headers;
  replayed.rawHeaders = Object.entries(headers).flat();
  if (call.body.length > 0) replayed.push(call.body);
  replayed.push(null);
  replayed.complete = true;
  return replayed;
}

function incomplete(why: string): PlatformError {
  return new PlatformError('conflict', `The call cannot be made again: ${why}.`, {
    details: { reason: 'not_replayable' },
  });
}
