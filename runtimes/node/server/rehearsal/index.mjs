/** What a container of a pool practises with before it has a function. */
export const handler = async (event) => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ path: event.rawPath, length: event.body?.length ?? 0 }),
});
