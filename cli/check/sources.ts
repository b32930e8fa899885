import { dirname, relative, sep } from "node:path";
import type { SourceLocation } from "../../policies";
import type { SourcePosition } from "../engine";

const catalog = `${dirname(dirname(__dirname))}${sep}components${sep}`;

/** By URN the line of the project's own sources that makes the resource: the innermost call outside the catalog. */
export function sourcesOf(
  traces: ReadonlyMap<string, readonly SourcePosition[]>,
  root: string,
): ReadonlyMap<string, SourceLocation> {
  const own = ({ file }: SourcePosition) =>
    file.startsWith(`${root}${sep}`) && !file.startsWith(catalog) && !file.includes(`${sep}node_modules${sep}`);
  const found = new Map<string, SourceLocation>();
  for (const [urn, trace] of traces) {
    const position = trace.find(own);
    if (position) found.set(urn, { file: relative(root, position.file).split(sep).join("/"), line: position.line });
  }
  return found;
}
