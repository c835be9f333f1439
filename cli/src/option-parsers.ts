import { parseDurationMs } from '@plat/platform-kit/quantities.ts';
import { InvalidArgumentError } from 'commander';

/** What names of headers and methods are made of (RFC 9110, `token`). */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Version numbers count from 1; `v3` is understood too. */
export function versionNumber(text: string): number {
  const match = /^v?([1-9]\d{0,8})$/.exec(text);
  if (!match) throw new InvalidArgumentError('expected a version number, such as 3.');
  return Number(match[1]);
}

export function wholeNumber(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`expected a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

export function decimalNumber(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('expected a number, such as 0.5.');
  return Number(text);
}

/** `10%,50%,100%`, with or without the signs: the steps of a rollout. */
export function percentages(text: string): number[] {
  const steps = text.split(',').map((part) => Number(/^\s*(\d{1,3})\s*%?\s*$/.exec(part)?.[1] ?? NaN));
  const isRising = steps.every((step, i) => step >= 1 && step <= 100 && (i === 0 || step > steps[i - 1]!));
  if (!isRising || steps.at(-1) !== 100) {
    throw new InvalidArgumentError('expected rising percentages that end with 100, such as 10%,50%,100%.');
  }
  return steps;
}

/** A duration in milliseconds, of at most 24 days (what a timer can hold). */
export function duration(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === undefined || ms <= 0 || ms > 2 ** 31 - 1) {
    throw new InvalidArgumentError('expected a duration, such as 30s or 5m.');
  }
  return ms;
}

/** `KEY=VALUE`, repeatable; the last one of a key wins. */
export function environmentEntry(text: string, known: Record<string, string> = {}): Record<string, string> {
  const [name, value] = splitAt(text, '=', 'KEY=VALUE');
  return { ...known, [name]: value };
}

/** `key=value` of a query, repeatable, in order. */
export function queryEntry(text: string, known: [string, string][] = []): [string, string][] {
  return [...known, splitAt(text, '=', 'key=value')];
}

/** The method of a request, in whatever case. */
export function httpMethod(text: string): string {
  if (!TOKEN.test(text)) throw new InvalidArgumentError('expected a method, such as POST.');
  return text;
}

/** `Name: value`, repeatable, in order. */
export function headerEntry(text: string, known: [string, string][] = []): [string, string][] {
  const [name, value] = splitAt(text, ':', 'Name: value');
  if (!TOKEN.test(name.trim()) || /[\r\n\0]/.test(value)) {
    throw new InvalidArgumentError('expected a header as Name: value.');
  }
  return [...known, [name.trim(), value.trim()]];
}

/** A point in time for `--since`: a duration back from now, or an ISO time. */
export function since(text: string): string {
  if (parseDurationMs(text) !== undefined) return text;
  if (!Number.isNaN(Date.parse(text))) return new Date(text).toISOString();
  throw new InvalidArgumentError('expected a duration such as 5m, or a time such as 2026-01-31T08:00:00Z.');
}

function splitAt(text: string, separator: string, form: string): [string, string] {
  const at = text.indexOf(separator);
  if (at < 1) throw new InvalidArgumentError(`expected ${form}.`);
  return [text.slice(0, at), text.slice(at + 1)];
}
