import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';

/** Fields that may hold a secret are cut before they are written, wherever they stand up to two levels down. */
const SECRET_FIELDS = ['authorization', 'cookie', 'token', 'password', 'secret', 'env', 'hash'];

/** One JSON line an event on stdout: constant message plus fields. `component` names the service. */
export function createLogger(
  component: string,
  options: { level: string; destination?: DestinationStream } = { level: 'info' },
): Logger {
  const paths = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  return pino(
    {
      level: options.level,
      base: { component },
      timestamp: stdTimeFunctions.isoTime,
      redact: { paths, censor: '[redacted]' },
    },
    options.destination ?? pino.destination({ fd: 1, sync: true }),
  );
}

/** A logger that writes nothing, for tests. */
export function silentLogger(): Logger {
  return pino({ level: 'silent' });
}
