/**
 * Compares by text, character by character. Lists that people see are put in order here and not by the database, whose
 * order of dashes and letters depends on its locale.
 */
export function byText<T>(...keys: ((item: T) => string)[]): (a: T, b: T) => number {
  return (a, b) => {
    for (const key of keys) {
      const [left, right] = [key(a), key(b)];
      if (left !== right) return left < right ? -1 : 1;
    }
    return 0;
  };
}
