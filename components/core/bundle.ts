import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { type BuildFailure, buildSync } from "esbuild";
import type { CloudName } from "./clouds";
import { type Code, sourceOf } from "./code";
import type { Problem } from "./errors";
import type { GrantData } from "./grant";

/** Everything that decides a bundle's bytes. */
export interface BundleRequest {
  readonly cloud: CloudName;
  /** The runtime adapter, named like its file: `queue-worker`, `http-route`. */
  readonly adapter: string;
  readonly code: Code;
  /** What the handler's module exports for the adapter, beside the handler. */
  readonly exports: readonly HandlerExport[];
  readonly uses: Readonly<Record<string, Pick<GrantData, "capability" | "role">>>;
  readonly idempotency: boolean;
}
/** `schema`: what its input is parsed with; `events`: the events it knows. */
export type HandlerExport = "schema" | "events";

export interface Bundle {
  /** One CommonJS file that exports `handler`. */
  readonly text: string;
  /** SHA-256 of the text, hexadecimal: equal bytes are an equal deployment. */
  readonly hash: string;
  /** Bytes by part of the project: input file, relative to the project, to bytes in the output. */
  readonly parts: Readonly<Record<string, number>>;
}

/** The adapter's function in its module: `queue-worker` exports `queueWorker`. */
const exported = (adapter: string) => adapter.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** Left out of every bundle: the platform brings them. */
const onPlatform: Record<CloudName, string[]> = {
  aws: ["@aws-sdk/*"],
  azure: ["@azure/functions-core"],
  gcp: [],
  local: [],
};

/**
 * The run-time sources, which the package ships beside its compiled files: bundled from TypeScript, unused parts fall away.
 * From here they are two folders up in the project, three in the package.
 */
const runtime =
  [join(__dirname, "../../runtime"), join(__dirname, "../../../runtime")].find((folder) =>
    existsSync(join(folder, "handler.ts")),
  ) ?? "";
const made = new Map<string, Bundle>();

/**
 * Bundles a handler with the adapter and clients of one cloud. Deterministic: the same sources give the same bytes in any
 * folder. A missing file, a missing export and a syntax error come back as problems that name file and line.
 */
export function bundle(request: BundleRequest): Bundle | { readonly problems: readonly Problem[] } {
  const file = sourceOf(request.code);
  if (!file) {
    return failed(
      `the handler file ${request.code.file} does not exist`,
      "create it, or correct the path given to code()",
    );
  }
  const entry = entryFor(request, file);
  const key = `${request.cloud}\0${entry}`;
  const known = made.get(key);
  if (known) return known;
  try {
    const built = buildSync({
      stdin: { contents: entry, resolveDir: dirname(file), sourcefile: "entry.js", loader: "js" },
      bundle: true,
      write: false,
      metafile: true,
      platform: "node",
      format: "cjs",
      target: "node20",
      minify: true,
      legalComments: "none",
      logLevel: "silent",
      absWorkingDir: dirname(runtime),
      external: onPlatform[request.cloud],
      tsconfigRaw: {},
    });
    const output = built.outputFiles[0];
    if (!output) return failed(`the handler file ${file} gave no output`, "report this as a defect");
    const parts = Object.values(built.metafile.outputs)[0]?.inputs ?? {};
    const bundle: Bundle = {
      text: output.text,
      hash: createHash("sha256").update(output.contents).digest("hex"),
      parts: Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.bytesInOutput])),
    };
    made.set(key, bundle);
    return bundle;
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    return {
      problems: error.errors.map(({ text, location }) => {
        const place = location
          ? `${relative(process.cwd(), join(dirname(runtime), location.file))}:${location.line}:${location.column + 1}`
          : file;
        return {
          code: "SB-C006",
          fact: `the handler cannot be bundled: ${place}: ${text}`,
          wayOut: "correct the source",
        };
      }),
    };
  }
}

/** Forgets what was bundled, for long-running processes whose sources change. */
export function forgetBundles(): void {
  made.clear();
}

function entryFor(request: BundleRequest, file: string): string {
  const from = (module: string) => JSON.stringify(join(runtime, request.cloud, module));
  const uses = Object.entries(request.uses).sort(([a], [b]) => (a < b ? -1 : 1));
  const capabilities = [
    ...new Set([...uses.map(([, use]) => use.capability), ...(request.idempotency ? ["table"] : [])]),
  ];
  const adapter = exported(request.adapter);
  const exports = request.exports.map((name) => `, ${name}`).join("");
  const parts = [
    ...request.exports,
    `uses: { ${uses.map(([key, use]) => `${JSON.stringify(key)}: ${use.capability}.${use.role}`).join(", ")} }`,
    ...(request.idempotency ? ["idempotency: suppression(table.readWriter)"] : []),
  ];
  return [
    `import { ${request.code.export} as handle${exports} } from ${JSON.stringify(file)};`,
    `import { ${adapter} } from ${from(request.adapter)};`,
    ...(request.idempotency ? [`import { suppression } from ${JSON.stringify(join(runtime, "suppression"))};`] : []),
    ...capabilities.map((capability) => `import * as ${capability} from ${from(capability)};`),
    `export const handler = ${adapter}(handle, { ${parts.join(", ")} });`,
  ].join("\n");
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}

function failed(fact: string, wayOut: string): { problems: Problem[] } {
  return { problems: [{ code: "SB-C006", fact, wayOut }] };
}
