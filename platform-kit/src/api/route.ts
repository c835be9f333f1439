import type { z } from 'zod';
import type { ErrorCode } from '../errors.ts';
import type { Action } from './actions.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** `multipart/form-data`; parts are JSON, but for `binary` ones. */
export type FormBody = { form: z.ZodObject; binary: readonly string[] };

/** `orForm`: the same as a form, which the route's handler reads by itself. */
export type RequestBody =
  | { json: z.ZodType; isOptional?: true; orForm?: FormBody }
  | FormBody
  /** Whatever the caller sends: it is for a function. */
  | 'any';

/**
 * What a route answers with when nothing is wrong. `json` alone is the usual; `events` are server-sent events by their
 * name; `binary` is a content type. `'function'`: the answer is the function's own, whatever its status.
 */
export type RouteAnswer =
  | {
      status: 200 | 201 | 202 | 204;
      description?: string;
      json?: z.ZodType;
      events?: Readonly<Record<string, z.ZodType>>;
      binary?: string;
      text?: string;
      headers?: readonly ('location' | 'etag')[];
    }
  | 'function';

/** One route of the public API: what the gateway binds, parses and answers by, and what its document says. */
export type RouteDeclaration = {
  method: Method;
  /** As Express has it, `/projects/:project`; under the API's prefix unless `at` says otherwise. */
  path: `/${string}`;
  /** `root`: outside of the API's prefix, for anyone unless it has an action. `listener`: as `root`, with a token, and not through Express. */
  at?: 'root' | 'listener';
  tag: string;
  summary: string;
  description?: string;
  /** What the token must allow; null when any valid one (outside of the prefix: none) will do. */
  action: Action | null;
  params?: z.ZodObject;
  query?: z.ZodType<Record<string, unknown>>;
  body?: RequestBody;
  answer: RouteAnswer;
  /** A change that takes `If-Match`. */
  ifMatch?: true;
  /** A creation that takes `Idempotency-Key`. */
  idempotent?: true;
  /** Besides those that any route under the prefix may answer with. */
  problems: readonly ErrorCode[];
};

/** Keeps the schemas' own types, which the gateway's handlers and the clients get theirs from. */
export function defineRoute<const R extends RouteDeclaration>(route: R): R {
  return route;
}

export type ParamsOf<R> = R extends { params: infer S extends z.ZodType }
  ? z.output<S>
  : Record<never, never>;
export type QueryOf<R> = R extends { query: infer S extends z.ZodType } ? z.output<S> : Record<never, never>;
export type JsonBodyOf<R> = R extends { body: { json: infer S extends z.ZodType } } ? z.output<S> : undefined;
export type JsonAnswerOf<R> = R extends { answer: { json: infer S extends z.ZodType } } ? z.output<S> : void;
