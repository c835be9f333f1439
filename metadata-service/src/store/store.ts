import type {
  AliasSetting,
  BuildFilter,
  By,
  ExecutionFilter,
  ImageReplacement,
  Guarded,
  LiveChange,
  LiveMove,
  LivePreview,
  NewVersion,
  Once,
  Page,
  RecordedExecution,
  Transition,
} from '@plat/platform-kit/clients/metadata-client.ts';
import type {
  AuditRecord,
  ChangesPage,
  DomainRecord,
  Execution,
  FunctionRecord,
  FunctionState,
  Project,
  Role,
  TokenRecord,
  VersionRecord,
} from '@plat/platform-kit/domain.ts';
import type { FunctionMetrics, FunctionUse, InstanceSample } from '@plat/platform-kit/metrics.ts';
import type { UseOptions } from './function-use.ts';
import type { MetricScope } from './metric-queries.ts';
import type { Span } from './metric-tiers.ts';
import type {
  RolloutAction,
  RolloutPlan,
  RolloutRecord,
  RolloutView,
  StepFigures,
} from '@plat/platform-kit/rollout.ts';
import type { Verdict } from '../rollouts/judge-step.ts';

export type FunctionKey = { project: string; name: string };
export type NewToken = {
  name: string;
  role: Role;
  project: string | null;
  hash: string;
  expiresAt: string | null;
};
/** `surplus`: executions beyond the number that is kept, by project; those that are too old are not counted again. */
export type Expired = { executions: number; surplus: Record<string, number>; audit: number };
export type PageQuery = { before?: string; limit: number };

/**
 * The port to the database. Every method is one transaction; what has returned is on disk. Each change writes its row
 * of the change feed and its row of the audit log in that same transaction. Errors are PlatformErrors: `not_found` for
 * what does not exist, `conflict` for what the present state forbids, `invalid` for a cursor that is none.
 * Its contract is `store.contract.ts`.
 */
export type Store = {
  /**
   * What changed after `since`, oldest first, each key once with its newest value, at most a few hundred; `seq` is what
   * to ask with next. The whole state with `reset` when `since` is 0, older than what is kept, or not yet given out.
   */
  changesSince(since: number): Promise<ChangesPage>;
  /** Calls `listener` after every commit that changed something; returns the function that ends that. */
  onCommit(listener: () => void): () => void;

  listProjects(): Promise<Project[]>;
  createProject(name: string, by: Once): Promise<Project>;
  /** Takes the tokens of the project with it. `conflict` while it has functions, and always for `default`. */
  deleteProject(name: string, by: By): Promise<void>;

  /** Sorted by project, then name. */
  listFunctions(filter: { project?: string }): Promise<FunctionRecord[]>;
  /** Without drafts, by `project/name`. */
  pageFunctions(filter: { project?: string }, page: PageQuery): Promise<Page<FunctionRecord>>;
  getFunction(key: FunctionKey): Promise<FunctionRecord>;
  setFunctionState(key: FunctionKey, state: FunctionState, by: Guarded): Promise<FunctionRecord>;
  /** Its versions and aliases go with it; its executions stay until they age out. */
  deleteFunction(key: FunctionKey, by: Guarded): Promise<void>;

  /** Gives out the next number, from 1, without gaps; makes the function when it is new. */
  createVersion(key: FunctionKey, version: NewVersion & Once): Promise<VersionRecord>;
  /** Newest first; `before` is a version's number. */
  listVersions(key: FunctionKey, page: { before?: number; limit: number }): Promise<Page<VersionRecord>>;
  /** Versions of all functions but drafts, newest first. */
  listBuilds(filter: Omit<BuildFilter, 'before' | 'limit'>, page: PageQuery): Promise<Page<VersionRecord>>;
  getVersion(key: FunctionKey, number: number): Promise<VersionRecord>;
  /**
   * Moves a version from one state to another; of several at once exactly one succeeds, the others are `conflict` with
   * the present state in `details.state`. `ready` with `promote` also points alias `live` at the version, unless a
   * later one was promoted before.
   */
  transitionVersion(functionId: string, number: number, transition: Transition & By): Promise<VersionRecord>;

  /**
   * The version has no image any more. `conflict` when an alias names it, when it is not terminal, or when its image is
   * another one by now.
   */
  releaseImage(functionId: string, number: number, body: { imageId: string } & By): Promise<VersionRecord>;
  /** The version runs from another image from now on; `conflict` when its image is not `from` (any more). */
  replaceImage(
    functionId: string,
    number: number,
    replacement: ImageReplacement & By,
  ): Promise<VersionRecord>;

  /** `weights`: distinct, sum 100. `conflict` names the versions that are not ready. */
  setAlias(key: FunctionKey, alias: string, setting: AliasSetting, by: Guarded): Promise<FunctionRecord>;
  /** `conflict` for `live`. */
  deleteAlias(key: FunctionKey, alias: string, by: Guarded): Promise<FunctionRecord>;

  /** `conflict` when the version is live already, or none is ready. */
  promote(key: FunctionKey, change: LiveChange): Promise<LiveMove>;
  /** Goes back to what `live` named before, as long as that can run; `conflict` when there is nothing. */
  rollback(key: FunctionKey, change: LiveChange): Promise<LiveMove>;
  /** What `rollback` would do now; throws what it would. */
  previewRollback(key: FunctionKey, version?: number): Promise<LivePreview>;

  /** `conflict` while another one is under way. A version that is not ready yet begins once it is. */
  createRollout(key: FunctionKey, rollout: { version: number; plan: RolloutPlan } & By): Promise<RolloutView>;
  /** The one under way, or the last. */
  /** Newest first: the one under way, and the latest that are over. */
  listRollouts(key: FunctionKey, page: PageQuery): Promise<Page<RolloutView>>;
  getRollout(key: FunctionKey): Promise<RolloutView>;
  steerRollout(key: FunctionKey, order: { action: RolloutAction } & By): Promise<RolloutView>;
  runningRollouts(): Promise<RolloutRecord[]>;
  stepFigures(rollout: RolloutRecord): Promise<StepFigures>;
  /** Carries out what was concluded; `conflict` when the rollout is no longer in the state and step it had. */
  applyVerdict(
    rollout: RolloutRecord,
    conclusion: { verdict: Verdict; figures: StepFigures },
  ): Promise<RolloutRecord>;

  /** Sorted by name. */
  listDomains(key: FunctionKey): Promise<DomainRecord[]>;
  /** `conflict` when any function has it; names the holder to its own project only. */
  addDomain(key: FunctionKey, domain: string, by: By): Promise<DomainRecord>;
  deleteDomain(key: FunctionKey, domain: string, by: By): Promise<void>;

  expireIdempotency(options: { before: Date; limit: number }): Promise<number>;

  listTokens(): Promise<TokenRecord[]>;
  createToken(token: NewToken & Once): Promise<TokenRecord>;
  deleteToken(id: string, by: By): Promise<void>;

  /** Those whose id is known already are left as they are and not counted again; returns the others. */
  recordExecutions(executions: RecordedExecution[]): Promise<Execution[]>;
  /** Newest first. A page may be shorter than asked and yet have a `next`, when little was found in long. */
  listExecutions(
    filter: Omit<ExecutionFilter, 'before' | 'limit'>,
    page: PageQuery,
  ): Promise<Page<Execution>>;
  /** By its id, else the newest with that request id; of `project` only when that is given. */
  getExecution(id: string, of?: { project?: string | undefined }): Promise<RecordedExecution>;

  /** Counts what was seen of instances; each call counts. */
  recordSamples(samples: InstanceSample[]): Promise<void>;
  readMetrics(scope: MetricScope, span: Span): Promise<Pick<FunctionMetrics, 'points' | 'totals'>>;
  /** In no order. */
  readFunctionUse(
    scope: Pick<MetricScope, 'project'>,
    span: Span,
    options?: UseOptions,
  ): Promise<(FunctionUse & { functionId: string })[]>;
  /** Deletes the oldest step of one resolution, if it is that old; returns how many rows went. */
  expireMetrics(options: { resolutionS: number; before: Date }): Promise<number>;

  /** Newest first. */
  listAudit(filter: { object?: string }, page: PageQuery): Promise<Page<AuditRecord>>;

  /** Each deletes at most `limit` rows, the oldest first, and returns how many. */
  expireExecutions(options: { before: Date; limit: number }): Promise<number>;
  trimExecutions(options: { project: string; keep: number; limit: number }): Promise<number>;
  expireAudit(options: { before: Date; limit: number }): Promise<number>;
  /** How many rows the two above and `trimExecutions` of every project would delete. */
  countExpired(options: { executionsBefore: Date; keep: number; auditBefore: Date }): Promise<Expired>;
  /** Projects that executions name, deleted projects too. */
  projectsWithExecutions(): Promise<string[]>;
  /** Keeps the newest `keep` rows of the change feed; returns how many went. */
  trimChanges(options: { keep: number }): Promise<number>;

  close(): Promise<void>;
};
