import { fileURLToPath } from "node:url";
import type { Alias } from "@pulumi/pulumi/proto/alias_pb";
import { type RegisterResourceRequest, TransformResourceOptions } from "@pulumi/pulumi/proto/resource_pb";
import { type AliasSpec, aliasUrns } from "./aliases";
import type { PlannedResource, SourcePosition } from "./types";
import { isProviderType, type Site } from "./urn";
import type { Properties } from "./values";

export type Entries<T> = Iterable<[string, T]>;

/** The options of a registration, in the shape in which transforms see and change them. */
export function optionsOf(request: RegisterResourceRequest): TransformResourceOptions {
  const options = new TransformResourceOptions();
  options.setImport(request.getImportid());
  options.setDependsOnList(request.getDependenciesList());
  if (request.hasProtect()) options.setProtect(request.getProtect() === true);
  options.setIgnoreChangesList(request.getIgnorechangesList());
  options.setReplaceOnChangesList(request.getReplaceonchangesList());
  options.setVersion(request.getVersion());
  options.setAliasesList([...request.getAliasesList()]);
  options.setProvider(request.getProvider());
  const providers = options.getProvidersMap();
  for (const [name, reference] of request.getProvidersMap().entries() as Entries<string>)
    providers.set(name, reference);
  options.setHideDiffList(request.getHidediffsList());
  options.setCustomTimeouts(request.getCustomtimeouts());
  options.setPluginDownloadUrl(request.getPlugindownloadurl());
  if (request.hasRetainondelete()) options.setRetainOnDelete(request.getRetainondelete() === true);
  options.setDeletedWith(request.getDeletedwith());
  if (request.getDeletebeforereplacedefined()) options.setDeleteBeforeReplace(request.getDeletebeforereplace());
  options.setAdditionalSecretOutputsList(request.getAdditionalsecretoutputsList());
  options.setHooks(request.getHooks());
  return options;
}

/** Which resources each property waits for. */
export function propertyDependenciesOf(request: RegisterResourceRequest): Map<string, string[]> {
  const entries = request.getPropertydependenciesMap().entries() as Entries<{ getUrnsList(): string[] }>;
  return new Map([...entries].map(([key, dependencies]) => [key, dependencies.getUrnsList()]));
}

/** Where the program registers a resource, innermost call first; calls of Node.js itself have no place. */
export function traceOf(request: RegisterResourceRequest): SourcePosition[] {
  return (request.getStacktrace()?.getFramesList() ?? []).flatMap((frame) => {
    const at = frame.getPc();
    const uri = at?.getUri() ?? "";
    return at && uri.startsWith("file://")
      ? [{ file: fileURLToPath(uri), line: at.getLine(), column: at.getColumn() }]
      : [];
  });
}

const hookNames = [
  "BeforeCreate",
  "AfterCreate",
  "BeforeUpdate",
  "AfterUpdate",
  "BeforeDelete",
  "AfterDelete",
] as const;

function hooksOf(options: TransformResourceOptions): Record<string, string[]> | undefined {
  const binding = options.getHooks();
  if (!binding) return undefined;
  const named = hookNames.map((kind) => [kind, binding[`get${kind}List`]()] as const);
  const used = named.filter(([, names]) => names.length > 0);
  return used.length > 0 ? Object.fromEntries(used) : undefined;
}

function timeoutsOf(options: TransformResourceOptions): PlannedResource["customTimeouts"] {
  const timeouts = options.getCustomTimeouts();
  const set = Object.entries({
    create: timeouts?.getCreate(),
    update: timeouts?.getUpdate(),
    delete: timeouts?.getDelete(),
  }).filter(([, duration]) => duration);
  return set.length > 0 ? Object.fromEntries(set) : undefined;
}

function aliasSpec(alias: Alias): AliasSpec {
  const spec = alias.getSpec();
  if (!spec) return { urn: alias.getUrn() };
  return {
    name: spec.getName(),
    type: spec.getType(),
    stack: spec.getStack(),
    project: spec.getProject(),
    parent: spec.getParenturn(),
    noParent: spec.getNoparent(),
  };
}

/** The options that an engine inherits from the parent where a resource leaves them open. */
export interface Inherited {
  protect?: boolean | undefined;
  retainOnDelete?: boolean | undefined;
  deletedWith?: string | undefined;
}

export function inheritedOf(options: TransformResourceOptions, parent: Inherited | undefined): Inherited {
  return {
    protect: options.hasProtect() ? options.getProtect() : parent?.protect,
    retainOnDelete: options.hasRetainOnDelete() ? options.getRetainOnDelete() : parent?.retainOnDelete,
    deletedWith: options.getDeletedWith() || parent?.deletedWith,
  };
}

export interface Parts {
  urn: string;
  request: RegisterResourceRequest;
  options: TransformResourceOptions;
  inputs: Properties;
  dependencies: string[];
  propertyDependencies: ReadonlyMap<string, string[]>;
  inherited: Inherited;
  provider: string;
  site: Site;
}

/** Leaves out what is undefined, empty or an empty list: options that nobody set. */
function set<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const used = Object.entries(options).filter(
    ([, value]) => value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(used) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

export function plannedResource(parts: Parts): PlannedResource {
  const { urn, request, options, inherited, inputs } = parts;
  const type = request.getType();
  const parent = request.getParent();
  const custom = request.getCustom();
  const name = request.getName();
  const specs = options.getAliasesList().map(aliasSpec);
  const version = options.getVersion();
  return {
    urn,
    type,
    name,
    custom,
    inputs: isProviderType(type) && version ? { ...inputs, version } : inputs,
    outputs: {},
    dependencies: parts.dependencies,
    propertyDependencies: Object.fromEntries(parts.propertyDependencies),
    protect: inherited.protect === true,
    ...set({
      parent,
      provider: custom ? parts.provider : "",
      version,
      deleteBeforeReplace: options.hasDeleteBeforeReplace() ? options.getDeleteBeforeReplace() : undefined,
      retainOnDelete: inherited.retainOnDelete,
      deletedWith: inherited.deletedWith,
      importId: options.getImport(),
      ignoreChanges: options.getIgnoreChangesList(),
      replaceOnChanges: options.getReplaceOnChangesList(),
      hideDiffs: options.getHideDiffList(),
      additionalSecretOutputs: options.getAdditionalSecretOutputsList(),
      aliases: aliasUrns({ type, name, parent }, specs, parts.site),
      customTimeouts: timeoutsOf(options),
      hooks: hooksOf(options),
    }),
  };
}
