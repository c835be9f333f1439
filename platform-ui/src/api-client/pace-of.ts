/** How often figures of a range are asked for: long ranges change less and cost the platform more. */
export function paceOf(range: string): { everyMs: number; pollMs: number; toldMs: number } {
  const isShort = ['15m', '1h', '6h'].includes(range);
  return isShort
    ? { everyMs: 2000, pollMs: 5000, toldMs: 10_000 }
    : { everyMs: 10_000, pollMs: 20_000, toldMs: 60_000 };
}
