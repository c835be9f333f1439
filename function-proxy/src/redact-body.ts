/** Names whose values are struck out, wherever they stand; `_`, `-` and case make no difference. */
const SECRET_NAME =
  /pass(?:word|wd|phrase|code)?$|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|credential|authori[sz]ation|cookie|session(?:[_-]?id)?$|signature|^(?:pin|otp|cvv|cvc|ssn)$|card[_-]?number|iban/i;
/** What is a secret by its looks: bearer tokens, JSON web tokens, keys in PEM, this platform's own tokens. */
const SECRET_TEXT =
  /\bbearer\s+[\w.~+/-]+=*|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)|\bplat_[\w-]{8,}/gi;
/** `"name": "value"` in JSON that was cut, and so cannot be parsed. */
const JSON_PAIR = /"((?:[^"\\]|\\.){1,80})"(\s*:\s*)("(?:[^"\\]|\\.)*"?|[\w.+-]+)/g;
const FORM_PAIR = /(^|[&?;\s])([\w.[\]%-]{1,80})=([^&;\s]*)/g;

export const REDACTED = '[redacted]';

/** `text` without what looks like a secret. Never makes it much longer; the same twice as once. */
export function redactBody(text: string, contentType: string): { text: string; isRedacted: boolean } {
  const structured = /json/i.test(contentType) ? redactJson(text) : redactPairs(text);
  const plain = structured.replace(SECRET_TEXT, REDACTED);
  return { text: plain, isRedacted: plain !== text };
}

/** Values of secret parameters in a path's query. */
export function redactQuery(path: string): string {
  const query = path.indexOf('?');
  return query === -1 ? path : path.slice(0, query) + redactPairs(path.slice(query));
}

function redactJson(text: string): string {
  let isChanged = false;
  try {
    const parsed: unknown = JSON.parse(text, (name, value: unknown) => {
      if (value === null || typeof value === 'boolean' || !isSecret(name)) return value;
      isChanged = true;
      return REDACTED;
    });
    return isChanged ? JSON.stringify(parsed) : text;
  } catch {
    return text.replace(JSON_PAIR, (whole, name: string, colon: string) =>
      isSecret(name) ? `"${name}"${colon}"${REDACTED}"` : whole,
    );
  }
}

function redactPairs(text: string): string {
  return text.replace(FORM_PAIR, (whole, before: string, name: string, value: string) =>
    value !== '' && isSecret(name) ? `${before}${name}=${REDACTED}` : whole,
  );
}

function isSecret(name: string): boolean {
  return SECRET_NAME.test(name);
}
