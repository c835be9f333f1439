export type PaletteEntry = {
  id: string;
  label: string;
  /** What kind of thing it is, and words it is found by. */
  kind: string;
  icon: string;
  run: () => void;
};

const SHOWN = 12;

/** The entries that have all words of `text`, those whose name begins with it first. */
export function findEntries(entries: readonly PaletteEntry[], text: string): PaletteEntry[] {
  const sought = text.trim().toLowerCase();
  const words = sought.split(/\s+/).filter(Boolean);
  const found = entries.filter(({ label, kind }) => {
    const name = `${label} ${kind}`.toLowerCase();
    return words.every((word) => name.includes(word));
  });
  const begins = ({ label }: PaletteEntry) => Number(!label.toLowerCase().startsWith(sought));
  return found.toSorted((a, b) => begins(a) - begins(b)).slice(0, SHOWN);
}
