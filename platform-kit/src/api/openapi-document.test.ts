import { expect, test } from 'vitest';
import { ERRORS } from '../errors.ts';
import { API } from './api.ts';
import { openApiDocument } from './openapi-document.ts';
import type { RouteDeclaration } from './route.ts';

const document = openApiDocument({ platformVersion: '1.2.3' });
type Operation = {
  operationId: string;
  parameters: { name: string; in: string; required?: boolean; schema: Record<string, unknown> }[];
  responses: Record<string, { $ref?: string; content?: Record<string, unknown> }>;
  security?: unknown[];
};
const operations = Object.values(document.paths).flatMap((path) => Object.values(path)) as Operation[];
const operationOf = (id: string) => operations.find(({ operationId }) => operationId === id)!;

test('the document has each declared route once', () => {
  expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(API).sort());
});

test('every reference in the document leads somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
    (match) => match[1]!,
  );
  expect(references.length).toBeGreaterThan(100);
  for (const reference of new Set(references)) {
    const target = reference
      .split('/')
      .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], document);
    expect(target, reference).toBeTypeOf('object');
  }
});

test('every parameter of a path is declared and required', () => {
  for (const [path, methods] of Object.entries(document.paths)) {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    for (const operation of Object.values(methods) as unknown as Operation[]) {
      const declared = operation.parameters.filter((parameter) => parameter.in === 'path');
      expect(declared.map(({ name }) => name)).toEqual(names);
      expect(declared.every(({ required }) => required)).toBe(true);
    }
  }
});

test('errors are described once, with every code of the table', () => {
  const text = JSON.stringify((document['components'] as Record<string, unknown>)['responses']);
  for (const code of Object.keys(ERRORS)) expect(text).toContain(`\`${code}\``);
  expect(operationOf('getFunction').responses['404']).toEqual({ $ref: '#/components/responses/Problem404' });
});

test('numbers and flags of a query are shown as such, with their limits', () => {
  const { parameters } = operationOf('getLogs');
  const schema = (name: string) => parameters.find((parameter) => parameter.name === name)!.schema;
  expect(schema('tail')).toEqual({ type: 'integer', minimum: 0, maximum: 10_000 });
  expect(schema('follow')).toEqual({ type: 'boolean' });
});

test('every list takes limit and before, and answers with items and next', () => {
  for (const [id, route] of Object.entries<RouteDeclaration>(API)) {
    if (!id.startsWith('list')) continue;
    const names = operationOf(id).parameters.map(({ name }) => name);
    expect([id, names.includes('limit'), names.includes('before')]).toEqual([id, true, true]);
    expect(JSON.stringify(operationOf(id).responses['200']!.content)).toMatch(
      /"required":\["items","next"\]/,
    );
    expect(route.method).toBe('get');
  }
});

test('only routes outside of the API’s prefix want no token', () => {
  const open = operations
    .filter(({ security }) => security?.length === 0)
    .map(({ operationId }) => operationId);
  expect(open.sort()).toEqual(['docsPage', 'health', 'openApiDocument', 'readiness']);
});

test('what an answer may have besides is left open, what an input may have is not', () => {
  const { schemas } = document['components'] as { schemas: Record<string, Record<string, unknown>> };
  expect(schemas['VersionRecord']).not.toHaveProperty('additionalProperties');
  expect(schemas['FunctionConfigInput']).toMatchObject({ additionalProperties: false });
});
