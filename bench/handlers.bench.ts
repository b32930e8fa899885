/** Every handler of every blueprint as each cloud gets it: its bundle's bytes and cold start, beside the bare handler's. */
import { dirname, join, relative } from "node:path";
import { buildSync } from "esbuild";
import { plan } from "../cli/engine";
import { findProject, programOf, readStack, runOptions, stackNames } from "../cli/project";
import * as bundling from "../components/core/bundle";
import { sourceOf } from "../components/core/code";
import { type Cold, coldRequire } from "./cold";
import type { Figure } from "./figure";

const root = join(__dirname, "..");

interface Handler {
  /** `stock/handlers/reserve`, and its export where that is not `handler`. */
  readonly name: string;
  readonly source: string;
  readonly text: string;
}

export async function measure(): Promise<readonly Figure[]> {
  const project = findProject(root);
  const bare = new Map<string, { readonly bytes: number } & Cold>();
  const figures: Figure[] = [];
  for (const stack of stackNames(project)) {
    const handlers = await handlersOf(() => plan(programOf(project), runOptions(readStack(project, stack))));
    for (const { name, source, text } of handlers) {
      const alone = bare.get(name) ?? measured(bareBundle(source, name.split(" ")[1] ?? "handler"));
      bare.set(name, alone);
      const own = measured(text);
      figures.push({
        what: `${stack}: ${name}`,
        unit: "bytes",
        ours: own.bytes,
        peer: { name: "bare handler", value: alone.bytes },
        note: `cold require ${own.ms.toFixed(1)} ms${sdk(own)}, bare ${alone.ms.toFixed(1)} ms`,
      });
    }
  }
  return figures;
}

const measured = (text: string) => ({ bytes: Buffer.byteLength(text), ...coldRequire(text) });
const sdk = ({ platformMs }: Cold) => (platformMs > 0 ? ` of which the AWS SDK ${platformMs.toFixed(1)}` : "");

/** The bundles that planning asks for, each once. */
async function handlersOf(planning: () => Promise<unknown>): Promise<readonly Handler[]> {
  const found = new Map<string, Handler>();
  const replaced = bundling.bundle;
  const watching: typeof bundling.bundle = (request) => {
    const made = replaced(request);
    if ("problems" in made) throw new Error(made.problems.map(({ fact }) => fact).join());
    const { file, export: exported } = request.code;
    const name = `${relative(join(root, "blueprints"), file)}${exported === "handler" ? "" : ` ${exported}`}`;
    found.set(made.hash, { name, source: sourceOf(request.code) ?? file, text: made.text });
    return made;
  };
  Object.assign(bundling, { bundle: watching });
  try {
    await planning();
  } finally {
    Object.assign(bundling, { bundle: replaced });
  }
  return [...found.values()];
}

/** The business code and what it imports, with nothing of the runtime that it does not ask for itself. */
function bareBundle(source: string, exported: string): string {
  const built = buildSync({
    stdin: { contents: `export { ${exported} } from ${JSON.stringify(source)};`, resolveDir: dirname(source) },
    bundle: true,
    write: false,
    minify: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    legalComments: "none",
  });
  return built.outputFiles[0]?.text ?? "";
}
