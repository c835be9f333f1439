/** Events to begin with; a person's own are kept in this browser, by function. */
export type SavedEvent = { name: string; text: string };

export const EXAMPLES: readonly SavedEvent[] = [
  { name: 'Empty', text: '{}' },
  { name: 'A name', text: '{\n  "name": "Ada"\n}' },
  {
    name: 'HTTP call',
    text: JSON.stringify(
      {
        version: '2.0',
        rawPath: '/items/7',
        rawQueryString: 'full=true',
        queryStringParameters: { full: 'true' },
        headers: { accept: 'application/json' },
        requestContext: { http: { method: 'GET', path: '/items/7' } },
        isBase64Encoded: false,
      },
      null,
      2,
    ),
  },
];

const MOST = 20;
const keyOf = (functionId: string) => `plat.events.${functionId}`;

export function readEvents(storage: Pick<Storage, 'getItem'>, functionId: string): SavedEvent[] {
  try {
    const saved: unknown = JSON.parse(storage.getItem(keyOf(functionId)) ?? '[]');
    return Array.isArray(saved) ? saved.filter(isEvent) : [];
  } catch {
    return [];
  }
}

/** Puts an event first, in place of one of the same name. */
export function saveEvent(storage: Storage, functionId: string, event: SavedEvent): SavedEvent[] {
  const others = readEvents(storage, functionId).filter(({ name }) => name !== event.name);
  const events = [event, ...others].slice(0, MOST);
  storage.setItem(keyOf(functionId), JSON.stringify(events));
  return events;
}

function isEvent(value: unknown): value is SavedEvent {
  const { name, text } = (value ?? {}) as Partial<SavedEvent>;
  return typeof name === 'string' && typeof text === 'string';
}
