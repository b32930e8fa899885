import type { Cloud } from "../core/cloud";
import { foundation } from "./foundation";
import { httpApi } from "./http-api";
import { queueWorker } from "./queue-worker";
import type { LocalResource } from "./resource";
import { secret } from "./secret";
import { table } from "./table";

/** The embedded cloud of `local/`: no account, no network, nothing kept when it ends. */
export const local = { name: "local", foundation, httpApi, queueWorker, secret, table } satisfies Cloud;

type Args<Type extends ConstructorParameters<typeof LocalResource>[0]> = ConstructorParameters<
  typeof LocalResource<Type>
>[2];

declare module "../core/escape" {
  interface Escapes {
    local: {
      Foundation: { args: { logStore: Args<"LogStore"> }; nodes: { logStore: LocalResource<"LogStore"> } };
      HttpApi: {
        args: { api: Args<"Api">; function: Args<"Function"> };
        nodes: { api: LocalResource<"Api">; functions: readonly LocalResource<"Function">[] };
      };
      QueueWorker: {
        args: { queue: Args<"Queue">; function: Args<"Function">; consumer: Args<"Consumer"> };
        nodes: {
          queue: LocalResource<"Queue">;
          function: LocalResource<"Function">;
          consumer: LocalResource<"Consumer">;
        };
      };
      Secret: { args: { secret: Args<"Secret"> }; nodes: { secret: LocalResource<"Secret"> } };
      Table: { args: { table: Args<"Table"> }; nodes: { table: LocalResource<"Table"> } };
    };
  }
}
