import {
  type RegisterResourceHookRequest,
  ResourceHookRequest,
  ResourceHookResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { struct } from "./sdk";
import type { CallBack } from "./transforms";
import type { PlannedResource } from "./types";

interface Hook {
  token: string;
  onDryRun: boolean;
}

/** Functions of the program that run around the creation of a resource. */
export class Hooks {
  private readonly registered = new Map<string, Hook>();

  constructor(
    private readonly dryRun: boolean,
    private readonly callBack: CallBack,
  ) {}

  register(request: RegisterResourceHookRequest): void {
    const name = request.getName();
    const callback = request.getCallback();
    if (!callback) throw new Error(`the hook "${name}" has no callback`);
    if (this.registered.has(name)) throw new Error(`resource hook already registered for name "${name}"`);
    this.registered.set(name, { token: callback.getToken(), onDryRun: request.getOnDryRun() });
  }

  /** Runs the hooks of one kind in order and returns what the first failing one says. */
  async run(kind: "BeforeCreate" | "AfterCreate", resource: PlannedResource): Promise<string | undefined> {
    for (const name of resource.hooks?.[kind] ?? []) {
      const hook = this.registered.get(name);
      if (!hook) return `hook "${name}" was not registered`;
      if (this.dryRun && !hook.onDryRun) continue;
      const request = new ResourceHookRequest();
      request.setUrn(resource.urn);
      request.setId(resource.id ?? "");
      request.setName(resource.name);
      request.setType(resource.type);
      request.setNewInputs(struct(resource.inputs));
      if (kind === "AfterCreate") request.setNewOutputs(struct(resource.outputs));
      const answer = await this.callBack(hook.token, request.serializeBinary());
      const error = ResourceHookResponse.deserializeBinary(answer).getError();
      if (error) return `${kind === "BeforeCreate" ? "before" : "after"} hook "${name}" failed: ${error}`;
    }
    return undefined;
  }
}
