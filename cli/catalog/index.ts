/** Writes `docs/`: a page for each pattern, the support matrix, and every blueprint's contracts, from what the plans answer. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { contractsOf } from "../contracts";
import { type Project, readStack, stackNames } from "../project";
import { featureAnswers, stackAnswers } from "./answers";
import { document, note } from "./markdown";
import { matrix } from "./matrix";
import { fileOf, page, summary } from "./page";

/** The files and their contents, by path below `docs/`. */
export async function catalog(project: Project): Promise<ReadonlyMap<string, string>> {
  const { answers, counts } = await stackAnswers(project);
  const asked = await featureAnswers();
  const kinds = [...answers].sort(([a], [b]) => (a < b ? -1 : 1));
  const files = new Map<string, string>([
    [
      "support-matrix.md",
      matrix(
        kinds.map(([kind, { properties }]) => [kind, properties] as const),
        asked,
        counts,
      ),
    ],
    [
      "catalog.md",
      index(
        project,
        kinds.map(([kind]) => kind),
      ),
    ],
  ]);
  for (const [kind, own] of kinds) files.set(`catalog/${fileOf(kind)}.md`, page(project, kind, own, asked));
  for (const name of stackNames(project).filter((stack) => stack.endsWith("-local"))) {
    const stack = readStack(project, name);
    const blueprint = stack.config["serverless-blueprints:blueprint"] ?? name;
    files.set(`asyncapi/${blueprint}.json`, `${JSON.stringify(await contractsOf(stack), undefined, 2)}\n`);
  }
  return files;
}

/** Writes the files, and removes those of patterns and blueprints that are gone; returns their names. */
export async function writeCatalog(project: Project): Promise<string[]> {
  const folder = join(project.root, "docs");
  const files = await catalog(project);
  for (const part of ["catalog", "asyncapi"]) {
    mkdirSync(join(folder, part), { recursive: true });
    for (const file of readdirSync(join(folder, part)))
      if (!files.has(`${part}/${file}`)) rmSync(join(folder, part, file));
  }
  for (const [name, text] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return [...files.keys()];
}

function index(project: Project, kinds: readonly string[]): string {
  const lines = kinds.map((kind) => `- [${kind}](catalog/${fileOf(kind)}.md): ${summary(project, kind)}`);
  const blueprints = [...new Set(stackNames(project).map((name) => name.replace(/-[a-z]+$/, "")))];
  return document([
    "# Catalog",
    note,
    lines.join("\n"),
    "The contracts of each blueprint as AsyncAPI 3:",
    blueprints.map((name) => `- [${name}](asyncapi/${name}.json)`).join("\n"),
  ]);
}
