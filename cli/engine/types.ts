/** What a run is told. Everything a program can ask its engine about itself. */
export interface RunOptions {
  project: string;
  stack: string;
  /** Default: "organization", as on a file backend. */
  organization?: string;
  /** Fully qualified keys: `serverless-blueprints:cloud`. */
  config: Record<string, string>;
  /** Keys of `config` whose values are secret. */
  secretKeys?: readonly string[];
  /** The folder of Pulumi.yaml; relative asset paths count from here. Default: the working folder. */
  rootDirectory?: string;
  /** Keep stack traces on errors made during the run: several times as slow. Default: false. */
  stackTraces?: boolean;
}

/**
 * A resource as the engine gets it, before the provider's Check. `inputs` and `outputs` are in the engine's wire form:
 * secrets, unknowns, assets and references are marked (see `values.ts`); `display` makes them printable.
 */
export interface PlannedResource {
  urn: string;
  type: string;
  name: string;
  parent?: string;
  custom: boolean;
  /** Read from elsewhere (`get`), never created or deleted by this stack. */
  external?: boolean;
  /** Known ids only: after apply, for resources that were read, and for imports. */
  id?: string;
  inputs: Record<string, unknown>;
  /** For a custom resource what its provider answered, for a component what it registered. */
  outputs: Record<string, unknown>;
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  protect: boolean;
  /** `urn::id` of an explicit provider; absent where the package's default provider serves. */
  provider?: string;
  version?: string;
  deleteBeforeReplace?: boolean;
  retainOnDelete?: boolean;
  deletedWith?: string;
  importId?: string;
  ignoreChanges?: string[];
  replaceOnChanges?: string[];
  hideDiffs?: string[];
  additionalSecretOutputs?: string[];
  /** URNs under which this resource may stand in an earlier state. */
  aliases?: string[];
  customTimeouts?: { create?: string; update?: string; delete?: string };
  hooks?: Record<string, string[]>;
}

export interface LogLine {
  severity: "info" | "warning" | "error";
  message: string;
  urn?: string;
}

/** A place in the program's sources; line and column from 1. */
export interface SourcePosition {
  file: string;
  line: number;
  column: number;
}

export interface RunResult {
  /** In the order in which the program registered them; the root stack first. */
  resources: PlannedResource[];
  /** By URN the calls that led to the resource's registration, innermost first. */
  traces: ReadonlyMap<string, readonly SourcePosition[]>;
  /** The stack's outputs, in wire form. */
  outputs: Record<string, unknown>;
  logs: LogLine[];
  /** Tokens of the functions that a plan could not call and whose results are therefore unknown; each once, sorted. */
  unknownInvokes: string[];
  seconds: number;
}

/** A resource whose inputs are plain values: secrets opened, assets as `pulumi.asset` objects, references as ids. */
export type ResolvedResource = PlannedResource;

/** What stands behind the custom resources of an apply. A rejection fails the run and names the resource. */
export interface Backing {
  register(resource: ResolvedResource): Promise<{ id: string; outputs: Record<string, unknown> }>;
  /** Looks up an existing resource (`get`). Without it such a resource is refused. */
  read?(resource: ResolvedResource & { id: string }): Promise<{ outputs: Record<string, unknown> }>;
  /** A provider function. Without it every call is refused. */
  invoke?(token: string, args: Record<string, unknown>): Promise<Record<string, unknown>>;
}

export type Program = () => unknown;
