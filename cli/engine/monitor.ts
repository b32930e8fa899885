import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import type {
  ReadResourceRequest,
  RegisterPackageRequest,
  RegisterResourceHookRequest,
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  ResourceCallRequest,
  ResourceInvokeRequest,
  SupportsFeatureRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { containsAssets, withHashes } from "./assets";
import { messageOf, ResourceFailure } from "./errors";
import { Hooks } from "./hooks";
import type { Provisioner } from "./provisioner";
import {
  type Inherited,
  inheritedOf,
  optionsOf,
  plannedResource,
  propertyDependenciesOf,
  traceOf,
} from "./registration";
import { looseStruct, struct } from "./sdk";
import { type CallBack, Transforms } from "./transforms";
import type { LogLine, PlannedResource, SourcePosition } from "./types";
import { makeUrn, packageOf, type Site } from "./urn";
import type { Properties } from "./values";

/** The features that the engine 3.200 answers yes to; the SDK asks for more and gets no. */
const features = new Set([
  "secrets",
  "resourceReferences",
  "outputValues",
  "aliasSpecs",
  "deletedWith",
  "transforms",
  "invokeTransforms",
  "parameterization",
  "resourceHooks",
]);

type Done<T> = (error: { message: string; details: string } | null, response?: T) => void;

export interface MonitorOptions extends Site {
  dryRun: boolean;
  rootDirectory: string;
  provisioner: Provisioner;
  callBack: CallBack;
  /** Ends the run. What is in flight is waited for, what comes later gets no answer. */
  fail(error: unknown): void;
  log(line: LogLine): void;
}

/** The engine's side of pulumirpc.ResourceMonitor, called by the SDK as it would call a gRPC client. */
export class Monitor {
  readonly resources = new Map<string, PlannedResource>();
  readonly traces = new Map<string, readonly SourcePosition[]>();
  private readonly goals = new Map<string, Inherited>();
  private readonly componentProviders = new Map<string, Map<string, string>>();
  private readonly transforms: Transforms;
  private readonly hooks: Hooks;
  private packages = 0;
  private closed = false;

  constructor(private readonly options: MonitorOptions) {
    this.transforms = new Transforms(options.callBack);
    this.hooks = new Hooks(options.dryRun, options.callBack);
  }

  /** Answers nothing from here on, and waits for what providers have begun. */
  async close(): Promise<void> {
    this.closed = true;
    await this.options.provisioner.settled();
  }

  supportsFeature(request: SupportsFeatureRequest, done: Done<{ getHassupport(): boolean }>): void {
    done(null, { getHassupport: () => features.has(request.getId()) });
  }

  registerPackage(_request: RegisterPackageRequest, done: Done<{ getRef(): string }>): void {
    const ref = `package-${++this.packages}`;
    done(null, { getRef: () => ref });
  }

  registerStackTransform(callback: Callback, done: Done<unknown>): void {
    this.transforms.addToStack(callback);
    done(null, {});
  }

  registerStackInvokeTransform(callback: Callback, done: Done<unknown>): void {
    this.transforms.addToInvokes(callback);
    done(null, {});
  }

  registerResourceHook(request: RegisterResourceHookRequest, done: Done<unknown>): void {
    this.orRefuse(done, async () => this.hooks.register(request));
  }

  signalAndWaitForShutdown(_request: unknown, done: Done<unknown>): void {
    done(null, {});
  }

  registerResource(request: RegisterResourceRequest, done: Done<unknown>): void {
    this.orFail(request, done, async () => {
      const resource = await this.admit(request);
      const outputs = await this.create(resource);
      return {
        getUrn: () => resource.urn,
        getId: () => resource.id ?? "",
        getObject: () => looseStruct(outputs),
        getPropertydependenciesMap: () => undefined,
        getResult: () => 0,
      };
    });
  }

  readResource(request: ReadResourceRequest, done: Done<unknown>): void {
    this.orFail(request, done, async () => {
      const urn = this.freshUrn(request);
      const parent = request.getParent();
      const provider = request.getProvider();
      const resource: PlannedResource & { id: string } = {
        urn,
        type: request.getType(),
        name: request.getName(),
        custom: true,
        external: true,
        id: request.getId(),
        inputs: request.getProperties()?.toJavaScript() ?? {},
        outputs: {},
        dependencies: request.getDependenciesList(),
        propertyDependencies: {},
        protect: false,
        ...(parent ? { parent } : {}),
        ...(provider ? { provider } : {}),
      };
      this.resources.set(urn, resource);
      resource.outputs = await this.options.provisioner.read(resource);
      return { getUrn: () => urn, getProperties: () => looseStruct(resource.outputs) };
    });
  }

  registerResourceOutputs(request: RegisterResourceOutputsRequest, done: Done<unknown>): void {
    this.orRefuse(done, async () => {
      const urn = request.getUrn();
      const resource = this.resources.get(urn);
      if (!resource) throw new Error(`outputs of ${urn}, a resource that was never registered`);
      const outputs = request.getOutputs()?.toJavaScript() ?? {};
      resource.outputs = containsAssets(outputs) ? await this.hashed(outputs) : outputs;
      return {};
    });
  }

  invoke(request: ResourceInvokeRequest, done: Done<unknown>): void {
    this.orRefuse(done, async () => {
      const token = request.getTok();
      const args = request.getArgs()?.toJavaScript() ?? {};
      if (token === "pulumi:pulumi:getResource") return answerOf(struct(this.stateOf(String(args.urn))));
      const changed = await this.transforms.applyToInvoke(token, args);
      return answerOf(looseStruct(await this.options.provisioner.invoke(token, changed)));
    });
  }

  call(request: ResourceCallRequest, done: Done<unknown>): void {
    this.orRefuse(done, async () => {
      const args = request.getArgs()?.toJavaScript() ?? {};
      const result = await this.options.provisioner.invoke(request.getTok(), args);
      return { ...answerOf(looseStruct(result)), getReturndependenciesMap: () => undefined };
    });
  }

  /** From a request to a resource with a URN of its own: transforms, inherited options, provider. */
  private async admit(request: RegisterResourceRequest): Promise<PlannedResource> {
    if (request.getRemote()) {
      throw new Error(
        "a remote component is constructed by its provider's plugin, which no in-process run has: run `pulumi preview` instead",
      );
    }
    const inputs = request.getObject()?.toJavaScript() ?? {};
    const goal = await this.transforms.apply(request, {
      inputs: containsAssets(inputs) ? await this.hashed(inputs) : inputs,
      options: optionsOf(request),
      dependencies: request.getDependenciesList(),
      propertyDependencies: propertyDependenciesOf(request),
    });
    const urn = this.freshUrn(request);
    const parent = request.getParent();
    const inherited = inheritedOf(goal.options, this.goals.get(parent));
    const providers = new Map<string, string>([
      ...(this.componentProviders.get(parent) ?? []),
      ...(goal.options.getProvidersMap().entries() as Iterable<[string, string]>),
    ]);
    const provider = goal.options.getProvider() || providers.get(packageOf(request.getType())) || "";
    const resource = plannedResource({ ...goal, urn, request, inherited, provider, site: this.options });
    this.goals.set(urn, inherited);
    if (!resource.custom) this.componentProviders.set(urn, providers);
    this.transforms.remember(urn, request);
    this.resources.set(urn, resource);
    this.traces.set(urn, traceOf(request));
    return resource;
  }

  /** Lets the provider make a custom resource; a component's outputs come later. */
  private async create(resource: PlannedResource): Promise<Properties> {
    const refused = await this.hooks.run("BeforeCreate", resource);
    if (refused) throw new Error(refused);
    if (!resource.custom) return {};
    const created = await this.options.provisioner.create(resource);
    if (created.id) resource.id = created.id;
    resource.outputs = created.outputs;
    const complained = await this.hooks.run("AfterCreate", resource);
    if (complained) this.options.log({ severity: "warning", message: complained, urn: resource.urn });
    return resource.outputs;
  }

  private freshUrn(request: RegisterResourceRequest | ReadResourceRequest): string {
    const urn = makeUrn(this.options, request.getParent(), request.getType(), request.getName());
    if (this.resources.has(urn)) throw new Error(`Duplicate resource URN '${urn}'; try giving it a unique name`);
    return urn;
  }

  private stateOf(urn: string): Properties {
    const resource = this.resources.get(urn);
    if (!resource) throw new Error(`unknown resource ${urn}`);
    return { urn, id: resource.id ?? "", provider: resource.provider ?? "", state: resource.outputs };
  }

  private async hashed(value: Properties): Promise<Properties> {
    return (await withHashes(value, this.options.rootDirectory)) as Properties;
  }

  /** Errors of a registration end the run: no program can go on without the resource. */
  private orFail<T>(
    request: RegisterResourceRequest | ReadResourceRequest,
    done: Done<T>,
    work: () => Promise<T>,
  ): void {
    void work().then(
      (response) => this.closed || done(null, response),
      (error) => {
        const label = `${request.getName()} (${request.getType()})`;
        this.options.fail(new ResourceFailure(label, messageOf(error), { cause: error }));
      },
    );
  }

  /** Errors of everything else go back to the program, which may know what to do. */
  private orRefuse<T>(done: Done<T>, work: () => Promise<T>): void {
    void work().then(
      (response) => this.closed || done(null, response),
      (error) => this.closed || done({ message: messageOf(error), details: messageOf(error) }),
    );
  }
}

function answerOf(result: { toJavaScript(): unknown }) {
  return { getFailuresList: () => [], getReturn: () => result };
}
