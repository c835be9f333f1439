/** A function that cuts `secrets` out of a text, and the user part of every URL in it. */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const longestFirst = [...secrets].filter(Boolean).sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = text.replace(/(\bhttps?:\/\/)[^/\s@'"]+@/gi, '$1***@');
    for (const secret of longestFirst) clean = clean.replaceAll(secret, '***');
    return clean;
  };
}
