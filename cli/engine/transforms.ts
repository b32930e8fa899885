import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import {
  type RegisterResourceRequest,
  TransformInvokeOptions,
  TransformInvokeRequest,
  TransformInvokeResponse,
  TransformRequest,
  type TransformResourceOptions,
  TransformResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { dependenciesIn, fromOutputValues, toOutputValues } from "./outputValues";
import { struct } from "./sdk";
import type { Properties } from "./values";

export type CallBack = (token: string, request: Uint8Array) => Promise<Uint8Array>;

export interface Goal {
  inputs: Properties;
  options: TransformResourceOptions;
  dependencies: string[];
  propertyDependencies: Map<string, string[]>;
}

/**
 * The transforms of a run: a resource's own run first, then its ancestors' from the inside out, then the stack's.
 * Order and what becomes of dependencies follow the engine (pulumi 3.200, source_eval.go), odd corners included:
 * dependencies that a transform adds count only where the resource has a transform of its own.
 */
export class Transforms {
  private readonly stack: string[] = [];
  private readonly invokes: string[] = [];
  private readonly own = new Map<string, string[]>();
  private readonly parents = new Map<string, string>();

  constructor(private readonly callBack: CallBack) {}

  addToStack(callback: Callback): void {
    this.stack.push(callback.getToken());
  }

  addToInvokes(callback: Callback): void {
    this.invokes.push(callback.getToken());
  }

  /** Called once a resource has its URN, so that its children find what it declared. */
  remember(urn: string, request: RegisterResourceRequest): void {
    const tokens = request.getTransformsList().map((callback) => callback.getToken());
    if (tokens.length > 0) this.own.set(urn, tokens);
    this.parents.set(urn, request.getParent());
  }

  async apply(request: RegisterResourceRequest, goal: Goal): Promise<Goal> {
    const own = request.getTransformsList().map((callback) => callback.getToken());
    const tokens = [...own, ...this.inherited(request.getParent()), ...this.stack];
    if (tokens.length === 0) return goal;

    const carried = own.length > 0 ? goal.propertyDependencies : new Map<string, string[]>();
    let inputs = toOutputValues(goal.inputs, carried);
    let options = goal.options;
    for (const token of tokens) {
      const response = await this.ask(token, request, inputs, options);
      inputs = response.getProperties()?.toJavaScript() ?? inputs;
      inputs = toOutputValues(inputs, new Map());
      options = response.getOptions() ?? options;
    }
    return { inputs: fromOutputValues(inputs), options, ...dependenciesOf(goal, inputs, options, own.length > 0) };
  }

  /** Stack-wide changes to the arguments of provider functions. */
  async applyToInvoke(token: string, args: Properties): Promise<Properties> {
    let changed = args;
    for (const callback of this.invokes) {
      const request = new TransformInvokeRequest();
      request.setToken(token);
      request.setArgs(struct(changed));
      request.setOptions(new TransformInvokeOptions());
      const answer = await this.callBack(callback, request.serializeBinary());
      const response = TransformInvokeResponse.deserializeBinary(answer);
      changed = response.getArgs()?.toJavaScript() ?? changed;
    }
    return changed;
  }

  private inherited(parent: string): string[] {
    const tokens: string[] = [];
    for (let urn = parent; urn; urn = this.parents.get(urn) ?? "") tokens.push(...(this.own.get(urn) ?? []));
    return tokens;
  }

  private async ask(
    token: string,
    resource: RegisterResourceRequest,
    inputs: Properties,
    options: TransformResourceOptions,
  ): Promise<TransformResponse> {
    const request = new TransformRequest();
    request.setType(resource.getType());
    request.setName(resource.getName());
    request.setCustom(resource.getCustom());
    request.setParent(resource.getParent());
    request.setProperties(struct(inputs));
    request.setOptions(options);
    return TransformResponse.deserializeBinary(await this.callBack(token, request.serializeBinary()));
  }
}

function dependenciesOf(
  goal: Goal,
  inputs: Properties,
  options: TransformResourceOptions,
  rebuilt: boolean,
): Pick<Goal, "dependencies" | "propertyDependencies"> {
  const found = Object.entries(inputs).map(([key, value]) => [key, [...dependenciesIn(value)]] as [string, string[]]);
  if (rebuilt) {
    const all = new Set([...options.getDependsOnList(), ...found.flatMap(([, urns]) => urns)]);
    return { dependencies: [...all], propertyDependencies: new Map(found) };
  }
  const merged = new Map(goal.propertyDependencies);
  for (const [key, urns] of found) merged.set(key, [...new Set([...(merged.get(key) ?? []), ...urns])]);
  return { dependencies: goal.dependencies, propertyDependencies: merged };
}
