/** What a user imports. No file reachable from here names a provider; see `core/escape.ts`. */

export { Bucket, type BucketArgs } from "./bucket";
export { type Code, code } from "./core/code";
export type { ContractRow, How } from "./core/contract";
export type { Duration } from "./core/duration";
export { BlueprintError, type Problem } from "./core/errors";
export type { Escapes, Nodes, Transforms } from "./core/escape";
export type { Grant, GrantRecord } from "./core/grant";
export { durationSetting } from "./core/settings";
export type { DataClass, Site } from "./core/site";
export type { DeliveryOptions, Suppress } from "./delivery";
export { EventBus, type EventBusArgs } from "./event-bus";
export { Foundation, type FoundationArgs, foundation } from "./foundation";
export { type Auth, HttpApi, type HttpApiArgs, type Route } from "./http-api";
export { ObjectTrigger, type ObjectTriggerArgs } from "./object-trigger";
export { QueueWorker, type QueueWorkerArgs, type QueueWorkerOptions } from "./queue-worker";
export { Schedule, type ScheduleArgs } from "./schedule";
export { Secret, type SecretArgs } from "./secret";
export { Stream, type StreamArgs } from "./stream";
export { type Position, StreamProcessor, type StreamProcessorArgs } from "./stream-processor";
export { Subscription, type SubscriptionArgs } from "./subscription";
export { idempotencyStore, Table, type TableArgs } from "./table";
export { TableTrigger, type TableTriggerArgs } from "./table-trigger";
