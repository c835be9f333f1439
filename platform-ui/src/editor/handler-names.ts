type Name = readonly [name: string, type: string, meaning: string];

/** What a handler is handed, by AWS's HTTP API payload 2.0 and docs/runtime-contract.md. */
export const HANDLER_NAMES = {
  event: [
    ['version', '"2.0"', 'Version of the payload.'],
    ['rawPath', 'string', 'Path of the call behind the function’s name.'],
    ['rawQueryString', 'string', 'The query as it came.'],
    ['queryStringParameters', 'Record<string, string>', 'The query’s parameters; missing without any.'],
    ['headers', 'Record<string, string>', 'Headers, their names in lower case.'],
    ['cookies', 'string[]', 'Cookies as name=value; missing without any.'],
    ['body', 'string', 'The body; base64 when isBase64Encoded. Missing without one.'],
    ['isBase64Encoded', 'boolean', 'Whether the body is base64.'],
    ['requestContext', 'object', 'Who called and how: http, requestId, time.'],
  ],
  requestContext: [
    ['http', 'object', 'method, path, protocol, sourceIp, userAgent'],
    ['requestId', 'string', 'Id of the request, as in the logs.'],
    ['domainName', 'string', 'Host that was called.'],
    ['timeEpoch', 'number', 'When the call came, in milliseconds.'],
  ],
  http: [
    ['method', 'string', 'Such as GET.'],
    ['path', 'string', 'Path of the call.'],
    ['protocol', 'string', 'Such as HTTP/1.1.'],
    ['sourceIp', 'string', 'Address of the caller.'],
    ['userAgent', 'string', 'What the caller says it is.'],
  ],
  context: [
    ['functionName', 'string', 'Name of the function.'],
    ['functionVersion', 'string', 'Version that is running.'],
    ['requestId', 'string', 'Id of the request, as in the logs.'],
    ['memoryLimitInMB', 'string', 'Memory limit of the instance.'],
  ],
} as const satisfies Record<string, readonly Name[]>;
