import assert from "node:assert/strict";
import { join } from "node:path";
import { type BuildOptions, buildSync } from "esbuild";

const RUNTIME = join(__dirname, "../../runtime");
const EXTERNAL = ["@aws-sdk/*", "@azure/functions-core"];

function bundle(entry: string, more: BuildOptions = {}) {
  const result = buildSync({
    stdin: { contents: entry, resolveDir: RUNTIME, loader: "ts" },
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    external: EXTERNAL,
    write: false,
    metafile: true,
    ...more,
  });
  const [output] = Object.values(result.metafile?.outputs ?? {});
  const parts = Object.entries(output?.inputs ?? {}).map(
    ([file, { bytesInOutput }]) => [file.replace(/^.*runtime\//, ""), bytesInOutput] as const,
  );
  const clients = parts.filter(([file]) => CLIENTS.test(file)).reduce((sum, [, bytes]) => sum + bytes, 0);
  return { bytes: output?.bytes ?? 0, clients, inputs: parts.map(([file]) => file) };
}

/** `@aws-lambda-powertools/batch` 2.35.0, bundled alone in the same way. */
const POWERTOOLS = 13_952;
/** Clients of the clouds, which a peer's bundle has beside itself too, and what Azure's economy tier loads instead. */
const CLIENTS = /^(rest|cache|(aws|azure|gcp)\/(sqs|errors|service-bus|storage.*|pubsub|token))\.ts$/;

describe("bundles", () => {
  for (const cloud of ["aws", "azure", "gcp"]) {
    it(`hold little beside the handler on ${cloud}`, () => {
      const external = [...EXTERNAL, "@azure/functions"]; // the vendor's programming model is not ours
      const { bytes, clients, inputs } = bundle(`export { queueWorker } from "./${cloud}/queue-worker";`, { external });
      assert.ok(bytes > 1000 && bytes - clients < POWERTOOLS, `${bytes} bytes, ${clients} of them clients`);
      assert.equal(
        inputs.some((file) => /http-route|table|secret|node_modules/.test(file)),
        false,
        inputs.join(),
      );
    });

    it(`hold what is imported and nothing else on ${cloud}`, () => {
      const { inputs } = bundle(`export { reader } from "./${cloud}/secret";`);
      assert.equal(
        inputs.some((file) => /queue|http-route|table\.ts|idempotency/.test(file)),
        false,
        inputs.join(),
      );
      const others = ["aws", "azure", "gcp", "local"].filter((name) => name !== cloud);
      for (const entry of ["queue-worker", "http-route", "queue", "table", "secret"]) {
        const files = bundle(`export * from "./${cloud}/${entry}";`).inputs;
        assert.equal(
          files.some((file) => others.some((name) => file.startsWith(`${name}/`))),
          false,
          files.join(),
        );
        assert.equal(
          files.some((file) => file.includes("@pulumi")),
          false,
        );
      }
    });
  }
});
