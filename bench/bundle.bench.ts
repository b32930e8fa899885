/** What a minimal worker ships: the project's own share beside powertools' bytes, and the whole with its parts. */

import { buildSync } from "esbuild";
import { bundle } from "../components/core/bundle";
import { cloudNames } from "../components/core/clouds";
import { code } from "../components/core/code";
import { SETTINGS } from "../runtime/settings";
import { coldRequire } from "./cold";
import type { Figure } from "./figure";

const quiet = code<typeof import("../test/fixtures/quiet-worker")>(__dirname, "../test/fixtures/quiet-worker");

/** Modules that speak to a cloud's services, and what they alone need. */
const client =
  /^runtime\/(?:(?:aws|azure|gcp|local)\/(?!queue-worker|http|bus-message|push|log\.|events|host|cors)|rest\.|cache\.|table\.)/;

/** Which part of a bundle a source file belongs to. */
function partOf(file: string): string {
  if (client.test(file)) return "clients";
  if (file.startsWith("runtime/")) return "adapter and queue runtime";
  const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file) ?? [];
  return name ?? "handler";
}

const environment = {
  [SETTINGS]: JSON.stringify({
    component: "bench",
    timeoutSeconds: 30,
    maxDeliveries: 5,
    backoff: { minSeconds: 10, maxSeconds: 600 },
  }),
  SB_QUEUE: "bench",
  SB_BUS__fullyQualifiedNamespace: "bench.servicebus.windows.net",
};

export async function measure(): Promise<readonly Figure[]> {
  const powertools = buildSync({
    stdin: {
      contents: 'export { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";',
      resolveDir: __dirname,
    },
    bundle: true,
    write: false,
    minify: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    external: ["@aws-sdk/*"],
    legalComments: "none",
  });
  const peer = { name: "powertools batch", value: powertools.outputFiles[0]?.contents.length ?? Number.NaN };
  return cloudNames.flatMap((cloud): Figure[] => {
    const made = bundle({
      cloud,
      adapter: "queue-worker",
      code: quiet,
      exports: ["schema"],
      uses: {},
      idempotency: false,
    });
    if ("problems" in made) throw new Error(made.problems.map(({ fact }) => fact).join());
    const parts = new Map<string, number>();
    for (const [file, bytes] of Object.entries(made.parts))
      parts.set(partOf(file), (parts.get(partOf(file)) ?? 0) + bytes);
    const named = [...parts]
      .sort(([, a], [, b]) => b - a)
      .map(([part, bytes]) => `${part} ${bytes}`)
      .join(", ");
    return [
      {
        what: `${cloud}: the project's own share`,
        unit: "bytes",
        ours: parts.get("adapter and queue runtime") ?? Number.NaN,
        peer,
        aim: 1,
      },
      { what: `${cloud}: whole bundle`, unit: "bytes", ours: made.text.length, note: named },
      ...(cloud === "local"
        ? []
        : [{ what: `${cloud}: cold require`, unit: "ms", ours: coldRequire(made.text, environment).ms }]),
    ];
  });
}
