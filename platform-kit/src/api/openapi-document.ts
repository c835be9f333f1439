import { ERRORS, PROBLEM_CONTENT_TYPE, type ErrorCode } from '../errors.ts';
import { API_PREFIX, API_VERSION, API_VERSIONED_PREFIX } from './api-version.ts';
import { API } from './api.ts';
import { ComponentSchemas, type JsonSchema } from './component-schemas.ts';
import type { FormBody, RequestBody, RouteAnswer, RouteDeclaration } from './route.ts';

export type OpenApiDocument = {
  openapi: '3.1.0';
  paths: Record<string, Record<string, JsonSchema>>;
  [key: string]: unknown;
};

/** What any route under the prefix may answer with. */
const EVERYWHERE: readonly ErrorCode[] = [
  'invalid',
  'unauthenticated',
  'forbidden',
  'rate_limited',
  'internal',
  'unreachable',
  'unavailable',
];

const HEADERS: Record<string, string> = {
  location: 'Where the new thing is.',
  etag: 'A strong validator of the answer.',
};

/** OpenAPI 3.1 of the public API, from the declarations of its routes alone. */
export function openApiDocument(options: {
  platformVersion: string;
  routes?: Record<string, RouteDeclaration>;
}): OpenApiDocument {
  const { platformVersion } = options;
  const routes: Record<string, RouteDeclaration> = options.routes ?? API;
  const components = new ComponentSchemas();
  const paths: OpenApiDocument['paths'] = {};
  for (const [id, route] of Object.entries(routes)) {
    const prefix = route.at === undefined ? API_VERSIONED_PREFIX : '';
    const path = `${prefix}${route.path.replace(/:([a-z]+)/gi, '{$1}')}`;
    (paths[path] ??= {})[route.method] = operation(id, route, components);
  }
  components.reference('Problem');
  return {
    openapi: '3.1.0',
    info: {
      title: 'Plat',
      version: `${API_VERSION}`,
      summary: `The API of Plat ${platformVersion}.`,
      description:
        `\`${API_PREFIX}/…\` and \`${API_VERSIONED_PREFIX}/…\` are the same, for good. Within version ${API_VERSION} routes, optional ` +
        'inputs, fields of answers and error codes are added, and nothing is taken away or changes its meaning: ignore what you do not know.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    tags: [...new Set(Object.values(routes).map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: Object.fromEntries(Object.entries(components.schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
      responses: Object.fromEntries(statuses(Object.keys(ERRORS) as ErrorCode[]).map(problemResponse)),
    },
  };
}

function operation(id: string, route: RouteDeclaration, components: ComponentSchemas): JsonSchema {
  const isPublic = route.at === 'root' && route.action === null;
  const codes: readonly ErrorCode[] = [
    ...(isPublic ? [] : EVERYWHERE),
    ...(route.ifMatch ? (['precondition_failed'] as const) : []),
    ...route.problems,
  ];
  const problems = statuses(codes).map(([status]) => [
    status,
    { $ref: `#/components/responses/Problem${status}` },
  ]);
  return {
    operationId: id,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description ? { description: route.description } : {}),
    ...(isPublic ? { security: [] } : {}),
    ...(route.action ? { 'x-plat-action': route.action } : {}),
    parameters: parameters(route, components),
    ...(route.body ? { requestBody: requestBody(route.body, components) } : {}),
    responses: {
      ...response(route.answer, components),
      ...(isValidated(route) ? NOT_MODIFIED : {}),
      ...Object.fromEntries(problems),
    },
  };
}

function parameters(route: RouteDeclaration, components: ComponentSchemas): JsonSchema[] {
  const of = (where: 'path' | 'query', schema: JsonSchema | undefined) => {
    const properties = (schema?.['properties'] ?? {}) as Record<string, JsonSchema>;
    const required = (schema?.['required'] ?? []) as string[];
    return Object.entries(properties).map(([name, { description, ...own }]) => ({
      name,
      in: where,
      ...(required.includes(name) ? { required: true } : {}),
      ...(description === undefined ? {} : { description }),
      schema: own,
    }));
  };
  return [
    ...of('path', route.params && components.of(route.params, 'input')),
    ...of('query', route.query && components.of(route.query, 'input')),
    ...(isValidated(route) ? [IF_NONE_MATCH] : []),
    ...(route.ifMatch ? [IF_MATCH] : []),
    ...(route.idempotent ? [IDEMPOTENCY_KEY] : []),
  ];
}

const header = (name: string, description: string) => ({
  name,
  in: 'header',
  description,
  schema: { type: 'string', pattern: '^[\\x20-\\x7e]*$' },
});
const IF_NONE_MATCH = header('If-None-Match', '`ETag` of an earlier answer: 304 while it is still the same.');
const IF_MATCH = header('If-Match', '`ETag` of what is to be changed: 412 when it is not that any more.');
const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'A text of your own for this one request. Sent again with it within a day, the request makes nothing anew and is ' +
    'answered as before; another request with it is `conflict`.',
  schema: { type: 'string', pattern: '^[\\x21-\\x7e]+$', maxLength: 200 },
};
const NOT_MODIFIED = { 304: { description: 'It is still what `If-None-Match` names.' } };

function isValidated({ method, answer }: RouteDeclaration): boolean {
  return method === 'get' && answer !== 'function' && (answer.headers ?? []).includes('etag');
}

function requestBody(body: RequestBody, components: ComponentSchemas): JsonSchema {
  if (body === 'any') return { content: { '*/*': { schema: {} } } };
  if ('json' in body) {
    return {
      required: !body.isOptional,
      content: {
        'application/json': { schema: components.of(body.json, 'input') },
        ...(body.orForm ? formContent(body.orForm, components) : {}),
      },
    };
  }
  return { required: true, content: formContent(body, components) };
}

function formContent(body: FormBody, components: ComponentSchemas): Record<string, JsonSchema> {
  const schema = components.of(body.form, 'input');
  const properties = schema['properties'] as Record<string, JsonSchema>;
  const contentTypes = Object.keys(properties).map((part) => {
    const isBinary = body.binary.includes(part);
    if (isBinary) properties[part] = { ...properties[part], contentMediaType: 'application/octet-stream' };
    return [part, { contentType: isBinary ? 'application/octet-stream' : 'application/json' }];
  });
  return { 'multipart/form-data': { schema, encoding: Object.fromEntries(contentTypes) as JsonSchema } };
}

function response(answer: RouteAnswer, components: ComponentSchemas): JsonSchema {
  if (answer === 'function') {
    return { default: { description: 'The answer of the function.', content: { '*/*': { schema: {} } } } };
  }
  const events = Object.entries(answer.events ?? {}).map(([name, data]) => [name, components.of(data, 'output')]);
  const content = {
    ...(answer.json ? { 'application/json': { schema: components.of(answer.json, 'output') } } : {}),
    ...(answer.binary
      ? { [answer.binary]: { schema: { type: 'string', contentMediaType: answer.binary } } }
      : {}),
    ...(answer.text ? { [answer.text]: { schema: { type: 'string' } } } : {}),
    ...(answer.events
      ? {
          'text/event-stream': {
            schema: { type: 'string', description: 'Server-sent events; `data` is JSON.' },
            'x-plat-events': Object.fromEntries(events) as JsonSchema,
          },
        }
      : {}),
  };
  return {
    [answer.status]: {
      description: answer.description ?? DESCRIPTIONS[answer.status],
      ...(answer.headers
        ? { headers: Object.fromEntries(answer.headers.map((name) => [name, { description: HEADERS[name], schema: { type: 'string' } }])) }
        : {}),
      ...(Object.keys(content).length ? { content } : {}),
    },
  };
} // prettier-ignore

const DESCRIPTIONS = {
  200: 'Done.',
  201: 'Made.',
  202: 'Taken on.',
  204: 'Done; there is nothing to say.',
} as const;

/** The statuses of these codes with the codes of each, lowest first. */
function statuses(codes: readonly ErrorCode[]): [status: number, codes: ErrorCode[]][] {
  const found = new Map<number, ErrorCode[]>();
  for (const code of new Set(codes)) {
    const { status } = ERRORS[code];
    found.set(status, [...(found.get(status) ?? []), code]);
  }
  return [...found].sort(([a], [b]) => a - b);
}

function problemResponse([status, codes]: [number, ErrorCode[]]): [string, JsonSchema] {
  const texts = codes.map((code) => `\`${code}\`: ${ERRORS[code].title}.`);
  const headers = [429, 503].includes(status)
    ? { headers: { 'retry-after': { description: 'Seconds.', schema: { type: 'integer' } } } }
    : {};
  const schema = { $ref: '#/components/schemas/Problem' };
  return [
    `Problem${status}`,
    { description: texts.join(' '), ...headers, content: { [PROBLEM_CONTENT_TYPE]: { schema } } },
  ];
}
