/**
 * Answers `plat invoke -d '{"name":"Ada"}'` and `GET /function/{{name}}?name=Ada`.
 *
 * @param {object} event The HTTP call, in the format of AWS's HTTP API (payload 2.0); for a direct invoke, its JSON payload.
 * @param {object} context Who is called (`functionName`, `requestId`) and for how long (`getRemainingTimeInMillis()`).
 */
export const handler = async (event, context) => {
  const name = event.name ?? event.queryStringParameters?.name ?? 'world';
  console.log(`Greeting ${name}`);
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: { message: `Hello, ${name}!`, requestId: context.requestId },
  };
};
