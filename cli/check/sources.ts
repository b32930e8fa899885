import { dirname, join, relative, sep } from "node:path";
import type { SourceLocation } from "../../policies";
import type { SourcePosition } from "../engine";

/** Of a call in a stack trace, with the file's absolute path. */
export type Position = Pick<SourcePosition, "file" | "line">;

const packageRoot = dirname(dirname(__dirname));
/** What makes resources on behalf of the project's own sources. */
const catalog = ["components", "cli"].map((folder) => join(packageRoot, folder) + sep);

/** The line of the project's own sources that makes a resource: of its stack trace the innermost outside the catalog. */
export function sourceOf(trace: readonly Position[], root: string): SourceLocation | undefined {
  const own = trace.find(
    ({ file }) =>
      file.startsWith(`${root}${sep}`) &&
      !catalog.some((folder) => file.startsWith(folder)) &&
      !file.includes(`${sep}node_modules${sep}`),
  );
  return own && { file: relative(root, own.file).split(sep).join("/"), line: own.line };
}

/** By URN, for the resources that some line of the project makes. */
export function sourcesOf(
  traces: ReadonlyMap<string, readonly Position[]>,
  root: string,
): ReadonlyMap<string, SourceLocation> {
  const found = new Map<string, SourceLocation>();
  for (const [urn, trace] of traces) {
    const source = sourceOf(trace, root);
    if (source) found.set(urn, source);
  }
  return found;
}
