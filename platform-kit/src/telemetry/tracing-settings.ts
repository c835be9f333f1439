import { z } from 'zod';

/** Settings of every service that traces; their names are OpenTelemetry's own. */
export const TRACING_SETTINGS = {
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .string()
    .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), 'expected an http:// or https:// address')
    .optional()
    .meta({ description: 'Where traces are sent by OTLP over HTTP, such as `http://localhost:4318`; `/v1/traces` is added. Nothing is traced when unset.' }),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .regex(/^[^=,\s]+=[^,]*(,[^=,\s]+=[^,]*)*$/, 'expected name=value, several separated by commas')
    .optional()
    .meta({ description: 'Headers of what is sent to it, as `name=value,name=value`.', secret: true }),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(0(\.\d+)?|1(\.0+)?)$/, 'expected a number from 0 to 1')
    .transform(Number)
    .default(1)
    .meta({ description: 'Which part of the traces that begin here is sampled, 0 to 1. Callers that send a `traceparent` have decided themselves.' }),
}; // prettier-ignore

export type TracingSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  OTEL_EXPORTER_OTLP_HEADERS?: string | undefined;
  OTEL_TRACES_SAMPLER_ARG: number;
};
