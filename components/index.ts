/** What a user imports. No file reachable from here names a provider; see `core/escape.ts`. */

export { type Code, code } from "./core/code";
export type { ContractRow, How } from "./core/contract";
export type { Duration } from "./core/duration";
export { BlueprintError, type Problem } from "./core/errors";
export type { Escapes, Nodes, Transforms } from "./core/escape";
export type { Grant, GrantRecord } from "./core/grant";
export { durationSetting } from "./core/settings";
export type { DataClass, Site } from "./core/site";
export { Foundation, type FoundationArgs, foundation } from "./foundation";
export { type Auth, HttpApi, type HttpApiArgs, type Route } from "./http-api";
export { QueueWorker, type QueueWorkerArgs, type QueueWorkerOptions } from "./queue-worker";
export { Secret, type SecretArgs } from "./secret";
export { idempotencyStore, Table, type TableArgs } from "./table";
