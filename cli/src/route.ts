/** A path whose values are encoded: route`/api/projects/${project}`. */
export function route(parts: TemplateStringsArray, ...values: (string | number)[]): string {
  return parts.reduce(
    (text, part, i) => text + part + (i < values.length ? encodeURIComponent(values[i]!) : ''),
    '',
  );
}
