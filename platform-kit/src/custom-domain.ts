import { isIP } from 'node:net';
import { domainToASCII, domainToUnicode } from 'node:url';
import { PlatformError } from './errors.ts';

/** RFC 1035, 2.3.4: octets of a name as text, and of one label. */
const DOMAIN_MAX_LENGTH = 253;
const LABEL_MAX_LENGTH = 63;

/**
 * A domain in the one form in which it is kept and compared: lower case, no final dot, Unicode as punycode
 * (`Bücher.Example.` → `xn--bcher-kva.example`). Throws `invalid` for what cannot be a function's own domain.
 */
export function normaliseDomain(input: string): string {
  const problem = spellingProblem(input);
  if (problem) throw refused(input, problem);
  const domain = domainToASCII(input.replace(/\.$/, '')).toLowerCase();
  const wrong = domainProblem(domain);
  if (wrong) throw refused(input, wrong);
  return domain;
}

/** True for a domain that is in its normal form already. */
export function isNormalDomain(domain: string): boolean {
  try {
    return normaliseDomain(domain) === domain;
  } catch {
    return false;
  }
}

/** As a person writes it: punycode as Unicode. */
export function displayDomain(domain: string): string {
  return domainToUnicode(domain) || domain;
}

/** Throws `invalid` for a domain that is `platformDomain` or lies under it: those names are given out by the platform. */
export function assertNotOfPlatform(domain: string, platformDomain: string): void {
  if (domain !== platformDomain && !domain.endsWith(`.${platformDomain}`)) return;
  throw refused(
    domain,
    `"${platformDomain}" and all under it belong to the platform, which gives each function <project>-<function>.${platformDomain} by itself`,
  );
}

/** What is wrong with it as it was written, before Unicode is mapped. */
function spellingProblem(input: string): string | undefined {
  if (input === '') return 'it is empty';
  if (input.length > 4 * DOMAIN_MAX_LENGTH) return `a domain has at most ${DOMAIN_MAX_LENGTH} characters`;
  if (input.includes('*')) return 'wildcards are not possible; add each domain by its full name';
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(input)) return 'expected the domain alone, without "http://" and path';
  if (/:\d+$/.test(input) && isIP(input) === 0) return 'expected the domain alone, without a port';
  if (isIP(input.replace(/^\[|\]$/g, '')) !== 0) return 'an IP address is not a domain';
  // eslint-disable-next-line no-control-regex
  if (/[\x00-\x2c\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]/.test(input))
    return 'a domain has only letters, digits, dashes and dots';
  return undefined;
}

/** What is wrong with the domain once it is ASCII; empty when it could not be made so. */
function domainProblem(domain: string): string | undefined {
  if (domain === '')
    return 'it is not a valid domain name (a label that begins with "xn--" must be punycode)';
  if (isIP(domain) !== 0) return 'an IP address is not a domain';
  if (domain.length > DOMAIN_MAX_LENGTH)
    return `a domain has at most ${DOMAIN_MAX_LENGTH} characters, this one has ${domain.length}`;
  const labels = domain.split('.');
  if (labels.includes('')) return 'there is nothing between two of its dots, or before the first';
  const long = labels.find((label) => label.length > LABEL_MAX_LENGTH);
  if (long)
    return `the part "${long}" has ${long.length} characters; at most ${LABEL_MAX_LENGTH} are possible`;
  const odd = labels.find((label) => !/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(label));
  if (odd) return `the part "${odd}" has other characters than letters, digits and dashes inside`;
  if (labels.at(-1) === 'localhost') return 'names under "localhost" always mean the machine of the caller';
  if (labels.length < 2) return 'expected a full name with a dot, such as "shop.example.org"';
  if (/^\d+$/.test(labels.at(-1)!)) return 'its last part is a number, as in an IP address';
  return undefined;
}

function refused(input: string, problem: string): PlatformError {
  const received = input.slice(0, 300);
  return new PlatformError('invalid', `domain: ${problem} (received ${JSON.stringify(received)}).`, {
    details: { field: 'domain', received },
  });
}
