/** How the blueprints use a pattern, in their own words. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "../project";

/** Longer examples show more of the blueprint than of the pattern. */
const longest = 30;

/** The shortest statement of a blueprint that makes one and says more of it than its name; nothing where none does. */
export function inUse(project: Project, kind: string): string[] {
  const root = join(project.root, "blueprints");
  const found = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .sort()
    .flatMap((file) => statements(readFileSync(join(root, file), "utf8"), kind).map((lines) => ({ file, lines })))
    .filter(({ lines }) => lines.length <= longest)
    .sort((a, b) => Number(a.lines.length === 1) - Number(b.lines.length === 1) || a.lines.length - b.lines.length);
  const [one] = found;
  if (!one) return [];
  const path = `blueprints/${one.file.replaceAll("\\", "/")}`;
  return [`As \`${path}\` uses it:`, ["```ts", ...one.lines, "```"].join("\n")];
}

/** Each statement that has `new Kind(`, from its first line to the one that closes the parenthesis; without its indent. */
function statements(text: string, kind: string): string[][] {
  const lines = text.split("\n");
  const starts = new RegExp(`\\bnew ${kind}(<.*>)?\\(`);
  return lines.flatMap((line, first) => {
    if (!starts.test(line)) return [];
    let open = 0;
    const last = lines.findIndex((one, at) => {
      if (at < first) return false;
      open += one.split("(").length - one.split(")").length;
      return open <= 0;
    });
    const indent = line.length - line.trimStart().length;
    return [lines.slice(first, last + 1).map((one) => one.slice(indent))];
  });
}
