/** What `pulumi preview --json` prints, as resources to judge: of a program in any language. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as z from "zod/mini";
import { type ResourceInput, type SourceLocation, unknownValue } from "../../policies";
import { UsageError } from "../failure";
import { type Position, sourcesOf } from "./sources";

const State = z.object({
  urn: z.string(),
  type: z.string(),
  custom: z.optional(z.boolean()),
  external: z.optional(z.boolean()),
  parent: z.optional(z.string()),
  inputs: z.optional(z.record(z.string(), z.unknown())),
  outputs: z.optional(z.record(z.string(), z.unknown())),
  propertyDependencies: z.optional(z.nullable(z.record(z.string(), z.nullable(z.array(z.string()))))),
  sourcePosition: z.optional(z.string()),
  stackTrace: z.optional(z.nullable(z.array(z.object({ sourcePosition: z.optional(z.string()) })))),
  retainOnDelete: z.optional(z.boolean()),
});
const Step = z.object({
  op: z.string(),
  urn: z.string(),
  oldState: z.optional(z.nullable(z.object({ retainOnDelete: z.optional(z.boolean()) }))),
  newState: z.optional(z.nullable(State)),
  replaceReasons: z.optional(z.nullable(z.array(z.string()))),
});
const Preview = z.object({
  config: z.optional(z.nullable(z.record(z.string(), z.unknown()))),
  steps: z.array(Step),
  changeSummary: z.optional(z.nullable(z.record(z.string(), z.number()))),
  diagnostics: z.optional(z.nullable(z.array(z.object({ severity: z.optional(z.string()) })))),
});

type Preview = z.infer<typeof Preview>;
type State = z.infer<typeof State>;
export type Step = z.infer<typeof Step>;

export interface PreviewSubject {
  readonly stack: string;
  /** The stack's configuration, as far as it is no secret. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly resources: readonly ResourceInput[];
  readonly locations: ReadonlyMap<string, SourceLocation>;
  readonly steps: readonly Step[];
}

/**
 * @param file a path, or - for standard input
 * @param folder the project's, which source positions are relative to
 */
export function readPreview(file: string, folder: string): PreviewSubject {
  const { steps, config, changeSummary, diagnostics } = parsed(file);
  if (diagnostics?.some(({ severity }) => severity === "error"))
    throw new UsageError(`the preview in ${file} failed, so it does not tell all that would be`, "correct it first");
  const shown = steps.filter(({ op }) => op === "same" || op === "refresh").length;
  const same = changeSummary?.same ?? 0;
  if (shown < same)
    throw new UsageError(
      `the preview in ${file} leaves out ${same - shown} resources that stay as they are`,
      "print it with: pulumi preview --json --show-sames",
    );
  if (steps.every(({ op }) => op === "delete"))
    throw new UsageError(`the preview in ${file} deletes everything, so nothing is left to judge`, "preview an update");
  const states = [...statesAfter(steps).values()];
  return {
    stack: /^urn:pulumi:([^:]*)::/.exec(steps[0]?.urn ?? "")?.[1] ?? "stack",
    config: config ?? {},
    resources: states.map(resourceOf),
    locations: sourcesOf(new Map(states.map((state) => [state.urn, traceOf(state, folder)])), folder),
    steps,
  };
}

/** What there will be: a resource that is refreshed may be deleted later, and one that is replaced is there after all. */
function statesAfter(steps: readonly Step[]): ReadonlyMap<string, State> {
  const states = new Map<string, State>();
  for (const { op, urn, newState } of steps) {
    if (op === "delete") states.delete(urn);
    else if (newState && op !== "delete-replaced" && op !== "discard-replaced") states.set(newState.urn, newState);
  }
  return states;
}

function resourceOf(state: State): ResourceInput {
  const { urn, type, parent, custom = false, external = false, inputs = {}, outputs = {} } = state;
  const dependencies = Object.entries(state.propertyDependencies ?? {});
  return {
    urn,
    type,
    name: urn.split("::").slice(3).join("::"),
    ...(parent && { parent }),
    custom,
    external,
    inputs,
    outputs: custom || Object.keys(outputs).length > 0 ? outputs : registeredLater,
    propertyDependencies: Object.fromEntries(dependencies.map(([property, urns]) => [property, urns ?? []])),
  };
}

/**
 * What components of the catalog register when they are complete. The preview prints a component when it begins, so here it is
 * not known; `check <stack>` knows it.
 */
const registeredLater = { audit: unknownValue, grants: unknownValue, routes: unknownValue };

/** Innermost first. Newer engines print the whole trace, older ones its first position. */
function traceOf({ sourcePosition, stackTrace }: State, folder: string): Position[] {
  const frames = stackTrace ?? [{ sourcePosition }];
  return frames.flatMap((frame) => positionOf(frame.sourcePosition, folder));
}

/** The engine writes `project:///index.ts#12,5`: relative to the project, with line and column. */
function positionOf(position: string | undefined, folder: string): Position[] {
  const [, file, line] = /^project:\/\/\/?([^#]+)#(\d+)/.exec(position ?? "") ?? [];
  return file && line ? [{ file: resolve(folder, decoded(file)), line: Number(line) }] : [];
}

function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

const printed = "keep what `pulumi preview --json --show-sames` prints, and nothing else";

function parsed(file: string): Preview {
  const text = textOf(file);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw isStream(text)
      ? new UsageError(`${file} is a stream of events`, "unset PULUMI_ENABLE_STREAMING_JSON_PREVIEW for the preview")
      : new UsageError(`${file} is no JSON document`, printed);
  }
  const preview = Preview.safeParse(content);
  if (preview.success && preview.data.steps.length > 0) return preview.data;
  throw new UsageError(
    `${file} is no preview: it has no steps that tell a resource's urn, op and new state`,
    "keep what `pulumi preview --json --show-sames` prints; events of a streaming preview and exported states are others",
  );
}

/** Some shells write UTF-16, or a byte order mark. */
function textOf(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file === "-" ? 0 : file);
  } catch {
    throw new UsageError(`${file} cannot be read`, "name the file in which `pulumi preview --json` was kept");
  }
  const text = bytes.subarray(0, 2).equals(Buffer.from([0xff, 0xfe])) ? bytes.toString("utf16le") : bytes.toString();
  return text.replace(/^\uFEFF/, "");
}

/** One JSON document a line. */
function isStream(text: string): boolean {
  const [first = ""] = text.split("\n", 1);
  try {
    return "sequence" in JSON.parse(first);
  } catch {
    return false;
  }
}
