/** What an uploaded archive may be. Sizes in bytes. */
export type SourceLimits = {
  /** The archive itself. */
  archiveBytes: number;
  /** All its files together, expanded. */
  expandedBytes: number;
  entries: number;
  /** Segments in a path. */
  depth: number;
  /** Expanded size over archive size. */
  ratio: number;
};
