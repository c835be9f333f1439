import { LineCounter, isMap, isNode, isPair, isScalar, parseDocument, type Document } from 'yaml';
import { CliError } from './cli-error.ts';

export type ParsedYaml = {
  value: unknown;
  /** The line (from 1) on which the key at `path` stands, or undefined when there is no such key. */
  lineOf: (path: readonly string[]) => number | undefined;
};

/** Parses YAML 1.2; throws a usage error with file, line and column when it is not. */
export function parseYaml(text: string, file: string): ParsedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const error = document.errors[0];
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new CliError('usage', `${file}:${line}:${col}: ${error.message}`);
  }
  keepNumbersAsWritten(document);
  return {
    value: document.toJS(),
    lineOf: (path) => {
      const offset = keyOffset(document, path);
      return offset === undefined ? undefined : lines.linePos(offset).line;
    },
  };
}

/** Variables are text: `VERSION: 1.10` means "1.10", which the number 1.1 no longer says. */
function keepNumbersAsWritten(document: Document): void {
  const env = document.get('env');
  if (!isMap(env)) return;
  for (const { value } of env.items) {
    if (isScalar(value) && typeof value.value === 'number' && value.source !== undefined)
      value.value = value.source;
  }
}

function keyOffset(document: Document, path: readonly string[]): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const key of path) {
    if (!isMap(node)) return offset;
    const pair = node.items.find(
      (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === key,
    );
    if (!pair) return offset;
    if (isNode(pair.key) && pair.key.range) offset = pair.key.range[0];
    node = pair.value;
  }
  return offset;
}
