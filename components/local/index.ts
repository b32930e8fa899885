import type { Cloud } from "../core/cloud";
import { bucket } from "./bucket";
import { eventBus } from "./event-bus";
import { foundation } from "./foundation";
import { httpApi } from "./http-api";
import { objectTrigger } from "./object-trigger";
import { queueWorker } from "./queue-worker";
import type { LocalResource } from "./resource";
import { schedule } from "./schedule";
import { secret } from "./secret";
import { stream } from "./stream";
import { streamProcessor } from "./stream-processor";
import { subscription } from "./subscription";
import { table } from "./table";
import { tableTrigger } from "./table-trigger";
import type { WorkedQueueParts } from "./worked-queue";

/** The embedded cloud of `local/`: no account, no network, nothing kept when it ends. */
export const local = {
  name: "local",
  bucket,
  eventBus,
  foundation,
  httpApi,
  objectTrigger,
  queueWorker,
  schedule,
  secret,
  stream,
  streamProcessor,
  subscription,
  table,
  tableTrigger,
} satisfies Cloud;

type Type = ConstructorParameters<typeof LocalResource>[0];
type Args<One extends Type> = ConstructorParameters<typeof LocalResource<One>>[2];

/** What stands behind every pattern that has a queue. */
interface WorkedQueueNodes {
  queue: LocalResource<"Queue">;
  function: LocalResource<"Function">;
  consumer: LocalResource<"Consumer">;
}

declare module "../core/escape" {
  interface Escapes {
    local: {
      Bucket: { args: { bucket: Args<"Bucket"> }; nodes: { bucket: LocalResource<"Bucket"> } };
      EventBus: { args: { bus: Args<"Bus"> }; nodes: { bus: LocalResource<"Bus"> } };
      Foundation: { args: { logStore: Args<"LogStore"> }; nodes: { logStore: LocalResource<"LogStore"> } };
      HttpApi: {
        args: { api: Args<"Api">; function: Args<"Function"> };
        nodes: { api: LocalResource<"Api">; functions: readonly LocalResource<"Function">[] };
      };
      ObjectTrigger: {
        args: WorkedQueueParts & { notification: Args<"Notification"> };
        nodes: WorkedQueueNodes & { notification: LocalResource<"Notification"> };
      };
      QueueWorker: { args: WorkedQueueParts; nodes: WorkedQueueNodes };
      Schedule: {
        args: WorkedQueueParts & { schedule: Args<"Schedule"> };
        nodes: WorkedQueueNodes & { schedule: LocalResource<"Schedule"> };
      };
      Secret: { args: { secret: Args<"Secret"> }; nodes: { secret: LocalResource<"Secret"> } };
      Stream: { args: { stream: Args<"Stream"> }; nodes: { stream: LocalResource<"Stream"> } };
      StreamProcessor: {
        args: WorkedQueueParts & { reader: Args<"Reader"> };
        nodes: WorkedQueueNodes & { reader: LocalResource<"Reader"> };
      };
      Subscription: {
        args: WorkedQueueParts & { subscription: Args<"Subscription"> };
        nodes: WorkedQueueNodes & { subscription: LocalResource<"Subscription"> };
      };
      Table: { args: { table: Args<"Table"> }; nodes: { table: LocalResource<"Table"> } };
      TableTrigger: {
        args: WorkedQueueParts & { reader: Args<"Reader"> };
        nodes: WorkedQueueNodes & { reader: LocalResource<"Reader"> };
      };
    };
  }
}
