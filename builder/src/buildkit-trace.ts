import protobuf from 'protobufjs';

/** One node of BuildKit's graph: a step of a Dockerfile, or work of BuildKit's own. Times in ms since 1970. */
export type Vertex = {
  digest: string;
  name: string;
  cached: boolean;
  startedMs: number | null;
  completedMs: number | null;
  /** Empty when it did not fail. */
  error: string;
};

export type VertexLog = { vertex: string; bytes: Uint8Array };

export type BuildStatus = { vertexes: Vertex[]; logs: VertexLog[]; warnings: string[] };

type WireTime = { seconds: number; nanos: number } | null;
type WireStatus = {
  vertexes: {
    digest: string;
    name: string;
    cached: boolean;
    started: WireTime;
    completed: WireTime;
    error: string;
  }[];
  logs: { vertex: string; msg: Uint8Array }[];
  warnings: { short: Uint8Array }[];
};

/**
 * Decodes the `aux` of a `moby.buildkit.trace` message: base64 of a `moby.buildkit.v1.StatusResponse`. Field numbers
 * are those of BuildKit's api/services/control/control.proto; fields that are of no use here are skipped.
 */
export function createTraceDecoder(): (aux: string) => BuildStatus {
  const type = statusResponseType();
  return (aux) => {
    const message = type.toObject(type.decode(Buffer.from(aux, 'base64')), {
      longs: Number,
      defaults: true,
      arrays: true,
    }) as WireStatus;
    return {
      vertexes: message.vertexes.map((vertex) => ({
        digest: vertex.digest,
        name: vertex.name,
        cached: vertex.cached,
        startedMs: toMs(vertex.started),
        completedMs: toMs(vertex.completed),
        error: vertex.error,
      })),
      logs: message.logs.map((log) => ({ vertex: log.vertex, bytes: log.msg })),
      warnings: message.warnings.map((warning) => Buffer.from(warning.short).toString('utf8')),
    };
  };
}

export function statusResponseType(): protobuf.Type {
  const field = (id: number, type: string, rule?: 'repeated') => ({ id, type, ...(rule ? { rule } : {}) });
  return protobuf.Root.fromJSON({
    nested: {
      Timestamp: { fields: { seconds: field(1, 'int64'), nanos: field(2, 'int32') } },
      Vertex: {
        fields: {
          digest: field(1, 'string'),
          name: field(3, 'string'),
          cached: field(4, 'bool'),
          started: field(5, 'Timestamp'),
          completed: field(6, 'Timestamp'),
          error: field(7, 'string'),
        },
      },
      VertexLog: { fields: { vertex: field(1, 'string'), msg: field(4, 'bytes') } },
      VertexWarning: { fields: { vertex: field(1, 'string'), short: field(3, 'bytes') } },
      StatusResponse: {
        fields: {
          vertexes: field(1, 'Vertex', 'repeated'),
          logs: field(3, 'VertexLog', 'repeated'),
          warnings: field(4, 'VertexWarning', 'repeated'),
        },
      },
    },
  }).lookupType('StatusResponse');
}

function toMs(time: WireTime): number | null {
  return time === null ? null : time.seconds * 1000 + time.nanos / 1e6;
}
