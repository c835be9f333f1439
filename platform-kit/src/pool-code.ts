/** The source of a function as a generic instance takes it (docs/runtime-contract.md): `data` is base64. */
export type Code = { files: { path: string; data: string; executable: boolean }[] };

/** Whether a function's source can be given to a generic instance; `reason` is a clause that says why not. */
export type InjectableCode = { code: Code } | { code: null; reason: string };

/** Most that such a source may have: it is held in memory, and sent to a container within the time of a cold start. */
export const CODE_LIMIT = { bytes: 1024 ** 2, files: 500 } as const;
