import type { z } from 'zod';

type RawIssue = z.core.$ZodIssue;

const KINDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  bigint: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

/** What was expected, as a person would say it. A schema that has words of its own is left to them. */
export function issueText(issue: RawIssue): string {
  const { message } = issue;
  switch (issue.code) {
    case 'too_small':
      return message.startsWith('Too small')
        ? bound(issue.origin, 'least', issue.minimum, issue.inclusive)
        : message;
    case 'too_big':
      return message.startsWith('Too big')
        ? bound(issue.origin, 'most', issue.maximum, issue.inclusive)
        : message;
    case 'invalid_type':
      if (!message.startsWith('Invalid input')) return message;
      return `expected ${KINDS[issue.expected] ?? issue.expected}${message.endsWith('undefined') ? ', and there is none' : ''}`;
    case 'invalid_value':
      return message.startsWith('Invalid') ? `expected ${oneOf(issue.values)}` : message;
    case 'invalid_format':
      return message.startsWith('Invalid ISO')
        ? 'expected an ISO time, such as 2026-01-31T08:00:00Z'
        : message;
    case 'invalid_union':
      return message === 'Invalid input' ? alternatives(issue.errors) : message;
    default:
      return message;
  }
}

/** Of a union whose members take different kinds of values; what is wrong inside of one of them stays unsaid. */
function alternatives(errors: readonly (readonly RawIssue[])[]): string {
  const texts = errors.flatMap((issues) => issues.filter(({ path }) => path.length === 0).map(issueText));
  const kinds = [...new Set(texts.map((text) => text.replace(/^expected /, '')))];
  return kinds.length === 0 ? 'is none of the forms it may have' : `expected ${kinds.join(' or ')}`;
}

function bound(origin: string, end: 'least' | 'most', limit: number | bigint, isInclusive = true): string {
  const unit = { string: 'character', array: 'entry', file: 'byte' }[origin];
  if (unit === undefined && !isInclusive)
    return `expected ${end === 'least' ? 'more' : 'less'} than ${limit}`;
  return `expected at ${end} ${limit}${unit ? ` ${plural(unit, Number(limit))}` : ''}`;
}

function plural(unit: string, count: number): string {
  if (count === 1) return unit;
  return unit.endsWith('y') ? `${unit.slice(0, -1)}ies` : `${unit}s`;
}

function oneOf(values: readonly unknown[]): string {
  const texts = values.map((value) => JSON.stringify(value));
  return texts.length === 1 ? texts[0]! : `one of ${texts.join(', ')}`;
}
