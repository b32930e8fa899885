/** What `pulumi preview --json` prints, as resources to judge: of a program in any language. */
import { readFileSync } from "node:fs";
import * as z from "zod/mini";
import { type ResourceInput, type SourceLocation, unknownValue } from "../../policies";
import { UsageError } from "../failure";

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
});
const Step = z.object({
  op: z.string(),
  urn: z.string(),
  newState: z.optional(State),
  replaceReasons: z.optional(z.nullable(z.array(z.string()))),
});
const Preview = z.object({
  steps: z.array(Step),
  changeSummary: z.optional(z.nullable(z.record(z.string(), z.number()))),
  diagnostics: z.optional(z.nullable(z.array(z.object({ severity: z.optional(z.string()) })))),
});

export type Step = z.infer<typeof Step>;

export interface PreviewSubject {
  readonly stack: string;
  readonly resources: readonly ResourceInput[];
  readonly locations: ReadonlyMap<string, SourceLocation>;
  readonly steps: readonly Step[];
}

/** @param file a path, or - for standard input */
export function readPreview(file: string): PreviewSubject {
  const { steps, changeSummary, diagnostics } = parsed(file);
  if (diagnostics?.some(({ severity }) => severity === "error"))
    throw new UsageError(`the preview in ${file} failed, so it does not tell all that would be`, "correct it first");
  const shown = steps.filter(({ op }) => op === "same").length;
  const same = changeSummary?.same ?? 0;
  if (shown < same)
    throw new UsageError(
      `the preview in ${file} leaves out ${same - shown} resources that stay as they are`,
      "print it with: pulumi preview --json --show-sames",
    );
  const states = new Map(
    steps.flatMap(({ op, newState }) => (newState && !isEnd(op) ? [[newState.urn, newState]] : [])),
  );
  const resources = [...states.values()].map((state): ResourceInput => {
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
  });
  const [first] = steps;
  return {
    stack: /^urn:pulumi:([^:]*)::/.exec(first?.urn ?? "")?.[1] ?? "stack",
    resources,
    locations: new Map([...states.values()].flatMap(({ urn, sourcePosition }) => located(urn, sourcePosition))),
    steps,
  };
}

/**
 * What components of the catalog register when they are complete. The preview prints a component when it begins, so here it is
 * not known; `check <stack>` knows it.
 */
const registeredLater = { audit: unknownValue, grants: unknownValue, routes: unknownValue };

const isEnd = (op: string): boolean => op === "delete" || op === "delete-replaced" || op === "discard-replaced";

/** The engine writes `project:///index.ts#12,5`: relative to the project, with line and column. */
function located(urn: string, position: string | undefined): [string, SourceLocation][] {
  const [, file, line] = /^project:\/\/\/?([^#]+)#(\d+)/.exec(position ?? "") ?? [];
  return file && line ? [[urn, { file: decodeURI(file), line: Number(line) }]] : [];
}

function parsed(file: string): z.infer<typeof Preview> {
  let text: string;
  try {
    text = readFileSync(file === "-" ? 0 : file, "utf8");
  } catch {
    throw new UsageError(`${file} cannot be read`, "name the file in which `pulumi preview --json` was kept");
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new UsageError(
      `${file} is no JSON document`,
      "keep what `pulumi preview --json --show-sames` prints, and nothing else",
    );
  }
  const preview = Preview.safeParse(content);
  if (preview.success && preview.data.steps.length > 0) return preview.data;
  throw new UsageError(
    `${file} is no preview: it has no steps that tell a resource's urn, op and new state`,
    "keep what `pulumi preview --json --show-sames` prints; events of a streaming preview and exported states are others",
  );
}
