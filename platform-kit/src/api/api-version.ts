/** The version of the API; `docs/api.md` says what stays as it is within one. */
export const API_VERSION = 1;
/** Where version 1 is found, for good: with and without the number. */
export const API_PREFIX = '/api';
export const API_VERSIONED_PREFIX = `/api/v${API_VERSION}`;
