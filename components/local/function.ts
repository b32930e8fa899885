import * as pulumi from "@pulumi/pulumi";
import { IDEMPOTENCY, SETTINGS, useVariable } from "../../runtime/settings";
import type { GrantRecord } from "../core/grant";
import type { HandlerSpec } from "../core/handler";
import type { Pattern } from "../core/pattern";
import { accessTo, record } from "./access";
import { logStoreOf, nameOf } from "./foundation";
import { LocalResource } from "./resource";

export type FunctionArgs = ConstructorParameters<typeof LocalResource<"Function">>[2];

/** A function in worker threads: it sees its own variables only and may call what its grants name. */
export function serverlessFunction(
  self: Pattern,
  name: string,
  handler: HandlerSpec,
  settings: unknown,
  shape: (args: FunctionArgs) => FunctionArgs,
): { readonly resource: LocalResource<"Function">; readonly grants: readonly GrantRecord[] } {
  const uses = Object.entries(handler.uses).map(([key, grant]) => ({
    variable: useVariable(key),
    grant,
    access: accessTo(grant),
  }));
  if (handler.idempotency)
    uses.push({ variable: IDEMPOTENCY, grant: handler.idempotency, access: accessTo(handler.idempotency) });
  const environment = Object.fromEntries(uses.map(({ variable, access }) => [variable, JSON.stringify(access.config)]));
  const args: FunctionArgs = {
    name: nameOf(self.site, name),
    code: handler.bundle.text,
    codeHash: handler.bundle.hash,
    environment: { ...environment, [SETTINGS]: JSON.stringify(settings) },
    timeoutSeconds: handler.timeoutSeconds,
    memoryMiB: handler.memoryMiB,
    permissions: uses.map(({ access }) => access.permission),
    logStore: pulumi.output(logStoreOf(self.site)),
  };
  return {
    resource: new LocalResource("Function", name, shape(args), self.child()),
    grants: uses.map(({ grant, access }) => record(name, grant, access)),
  };
}
