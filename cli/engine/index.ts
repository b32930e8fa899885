export { display } from "./display";
export { ResourceFailure } from "./errors";
export { apply, plan } from "./run";
export type {
  Backing,
  LogLine,
  PlannedResource,
  Program,
  ResolvedResource,
  RunOptions,
  RunResult,
  SourcePosition,
} from "./types";
export { containsUnknown, isSecret, unknown } from "./values";
