import type { Readable } from 'node:stream';

/** One line of what the engine streams back from a build or a pull. */
export type EngineMessage = {
  id?: string;
  aux?: string | { ID?: string; Digest?: string };
  error?: string;
  errorDetail?: { message?: string };
};

/** Reads newline-delimited JSON as it comes; throws when the stream breaks. */
export async function* readEngineMessages(stream: Readable): AsyncGenerator<EngineMessage> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as EngineMessage;
  }
  if (rest.trim() !== '') yield JSON.parse(rest) as EngineMessage;
}
