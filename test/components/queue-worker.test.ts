import assert from "node:assert/strict";
import * as z from "zod/mini";
import { code, QueueWorker, type QueueWorkerOptions } from "../../components";
import type { CloudName } from "../../components/core/clouds";
import { Note } from "../fixtures/contracts";
import { planned, registered } from "../support/plan";
import { refusal } from "../support/refusal";

const quiet = code<typeof import("../fixtures/quiet-worker")>(__dirname, "../fixtures/quiet-worker");
const plan = (
  options: Partial<QueueWorkerOptions<typeof Note>>,
  cloud: CloudName = "local",
  config: Record<string, string> = {},
  name = "notes",
) => planned(cloud, () => void new QueueWorker(name, { message: Note, handler: quiet, ...options }), config);

describe("QueueWorker", () => {
  it("is one statement at the least", async () => {
    const result = await plan({});
    assert.ok(result.resources.some(({ type, name }) => type === "blueprints:index:QueueWorker" && name === "notes"));
  });

  it("reports all that is wrong at once", async () => {
    const { message, problems } = await refusal(
      planned(
        "gcp",
        () =>
          void new QueueWorker("Notes", {
            message: Note,
            handler: quiet,
            maxDeliveries: 3,
            batch: { size: 10 },
            timeout: "soon" as "1 second",
          }),
        {},
      ),
    );
    assert.deepEqual(problems.map((problem) => problem.code).sort(), ["SB-C001", "SB-C001", "SB-C004", "SB-C004"]);
    assert.match(
      message,
      /SB-C001 QueueWorker "Notes" on gcp: maxDeliveries=3 is below the minimum 5 \(a Pub\/Sub dead-letter policy accepts 5 to 100\)\.\n {2}Way out: set maxDeliveries to 5 to 100, or set outOfRange to "clamp"\.\n {2}Portable range across aws, azure, gcp: 5 to 100\./,
    );
    assert.match(message, /timeout="soon" is not a duration/);
    assert.match(message, /the name must start with a lower-case letter/);
  });

  it("clamps where it is told to, with a warning and a row", async () => {
    const result = await plan({ maxDeliveries: 2000, outOfRange: "clamp" });
    const row = registered(result, "notes").contract.find(({ property }) => property === "maxDeliveries");
    assert.deepEqual([row?.how, row?.asked, row?.given], ["clamped", "2000", "1000"]);
    assert.match(
      result.logs.map(({ message }) => message).join(),
      /maxDeliveries=2000 is above the maximum 1000 .* given 1000 instead/,
    );
    const queue = result.resources.find(({ type }) => type === "localcloud:index:Queue");
    assert.equal(queue?.inputs.maxDeliveries, 1000);
  });

  it("warns once of what is not portable, and refuses it under strict", async () => {
    const options = { maxDeliveries: 3, batch: { size: 2 } };
    const warnings = (await plan(options)).logs.filter(({ severity }) => severity === "warning");
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0]?.message ?? "",
      /maxDeliveries=3 is not portable to gcp .*batch\.size=2 is not portable to gcp/,
    );
    const { problems } = await refusal(plan(options, "local", { portability: "strict" }));
    assert.deepEqual([...new Set(problems.map(({ code }) => code))], ["SB-C002"]);
  });

  it("says nothing when all is portable", async () => assert.deepEqual((await plan({})).logs, []));

  it("holds the rules that two properties make", async () => {
    const pair = async (options: Partial<QueueWorkerOptions<typeof Note>>, cloud: CloudName) =>
      (await refusal(plan(options, cloud))).message;
    assert.match(await pair({ backoff: { min: "2 minutes", max: "1 minute" } }, "local"), /SB-C004 .*backoff\.min/);
    assert.match(await pair({ batch: { size: 11 } }, "aws"), /SB-C004 .*batch\.size=11 needs batch\.window/);
    assert.match(await pair({ retention: "14 days" }, "aws"), /SB-C004 .*deadLetter\.retention is not longer/);
  });

  it("refuses a message that JSON Schema cannot say", async () => {
    const dated = z.object({ id: z.string(), at: z.date() });
    const program = () => void new QueueWorker("notes", { message: dated as never, handler: quiet });
    assert.match(
      (await refusal(planned("local", program))).message,
      /SB-C007 .*message cannot be expressed as JSON Schema/,
    );
  });
});
