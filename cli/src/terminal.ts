import { OutputClosed } from './cli-error.ts';

/** Standard output or standard error. `write` resolves when the bytes are handed on; a gone reader is `OutputClosed`. */
export type Sink = {
  isTty: boolean;
  /** Width in columns; undefined without a terminal or where it does not say: nothing is cut then. */
  columns: number | undefined;
  hasColor: boolean;
  write: (chunk: string | Uint8Array) => Promise<void>;
};

/** Standard input. `kind` tells a shell's pipe or file from the socket other programs hand on. */
export type Source = {
  kind: 'terminal' | 'piped' | 'socket' | 'none';
  stream: AsyncIterable<Uint8Array> & { destroy?: () => unknown };
};

export function createSink(stream: NodeJS.WriteStream, options: { isColorOff: boolean }): Sink {
  const isTty = stream.isTTY === true;
  let isGone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    isGone = true;
  });
  return {
    isTty,
    get columns() {
      return (isTty && stream.columns) || undefined;
    },
    hasColor: isTty && !options.isColorOff,
    write: (chunk) =>
      new Promise((resolve, reject) => {
        if (isGone) return reject(new OutputClosed());
        stream.write(chunk, (error) => {
          if (!error) return resolve();
          reject((error as NodeJS.ErrnoException).code === 'EPIPE' ? new OutputClosed() : error);
        });
      }),
  };
}

/** Colour codes (SGR) stay; every other control sequence a remote text could play on a terminal goes. */
export function stripControls(text: string): string {
  return (
    text
      // eslint-disable-next-line no-control-regex
      .replace(/\x1b\[[0-9;]*m|\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?/g, (match) =>
        match.startsWith('\x1b[') && match.endsWith('m') ? match : '',
      )
      // eslint-disable-next-line no-control-regex
      .replace(/[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f\x80-\x9f]/g, '')
  );
}
