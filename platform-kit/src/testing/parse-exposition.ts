export type Sample = { name: string; labels: Record<string, string>; value: number };
export type Exposition = { types: Map<string, string>; samples: Sample[] };

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LINE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);
const LABEL = /^([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/;

/** Prometheus' text format 0.0.4, strictly: throws for what a server would refuse, and for samples without a type. */
export function parseExposition(text: string): Exposition {
  if (!text.endsWith('\n')) throw new Error('The last line does not end.');
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    if (line === '' || line.startsWith('# HELP ')) continue;
    const type = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram)$`).exec(line);
    if (type) {
      if (types.has(type[1]!)) throw new Error(`Two types: ${line}`);
      types.set(type[1]!, type[2]!);
      continue;
    }
    const [, name, labels, value] = LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`No sample: ${line}`);
    const number = value === '+Inf' ? Infinity : Number(value);
    if (Number.isNaN(number) && value !== 'NaN') throw new Error(`No number: ${line}`);
    if (!types.has(name) && types.get(name.replace(/_(bucket|sum|count)$/, '')) !== 'histogram')
      throw new Error(`No type: ${line}`);
    samples.push({ name, labels: parseLabels(labels ?? ''), value: number });
  }
  return { types, samples };
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let rest = text; rest !== '';) {
    const found = LABEL.exec(rest);
    if (!found) throw new Error(`No label: ${rest}`);
    labels[found[1]!] = found[2]!;
    rest = rest.slice(found[0].length);
  }
  return labels;
}
