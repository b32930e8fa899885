import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { LocalCloud } from "../../local/cloud";
import { check, create, diff, inputsOf, read, remove, typeOf, unsettled, update } from "../../local/provider/handlers";
import { fromWire, toWire, unknown } from "../../local/provider/wire";
import { functionInputs, makeCloud, queueInputs } from "./support";

describe("local provider's handlers", () => {
  let cloud: LocalCloud;
  beforeEach(async () => {
    cloud = await makeCloud();
  });
  afterEach(() => cloud.close());

  it("know the types of the local cloud and no others", () => {
    assert.equal(typeOf("localcloud:index:Queue"), "Queue");
    assert.throws(
      () => typeOf("localcloud:index:Mainframe"),
      /localcloud:index:Mainframe is not a resource type.*LogStore, Queue/,
    );
    assert.throws(() => typeOf("aws:sqs/queue:Queue"), { name: "InvalidInput" });
  });

  it("make, change, read back and delete", async () => {
    const made = await create(cloud, "Queue", queueInputs);
    assert.deepEqual(check("Queue", queueInputs), []);
    assert.deepEqual(inputsOf("Queue", made.outputs), queueInputs);
    const more = { ...queueInputs, maxDeliveries: 7 };
    const changed = await update(cloud, "Queue", made.id, more);
    assert.deepEqual(await read(cloud, "Queue", "q"), changed);
    assert.equal(changed.outputs.maxDeliveries, 7);
    await remove(cloud, "Queue", "q", changed.outputs);
    assert.equal(await read(cloud, "Queue", "q"), undefined);
  });

  it("see no difference where there is none, whatever the order of properties", async () => {
    const inputs = functionInputs("1", { environment: { A: "1", B: "2" } });
    const { outputs } = await create(cloud, "Function", inputs);
    const reordered = { ...Object.fromEntries(Object.entries(inputs).reverse()), environment: { B: "2", A: "1" } };
    assert.deepEqual(diff("Function", outputs, reordered, cloud.bootId), { changes: [], replaces: [] });
    assert.deepEqual(diff("Function", outputs, reordered, undefined), { changes: [], replaces: [] });
  });

  it("tell changes in place from those that need another resource", async () => {
    await cloud.create("Queue", queueInputs);
    await cloud.create("Function", functionInputs("1"));
    const { outputs } = await create(cloud, "Table", { name: "t", key: "id", sort: "at" });
    const of = (inputs: Record<string, unknown>) => diff("Table", outputs, inputs, cloud.bootId);
    assert.deepEqual(of({ name: "t", key: "id", sort: "at", expires: "e" }), { changes: ["expires"], replaces: [] });
    assert.deepEqual(of({ name: "t", key: "id" }), { changes: ["sort"], replaces: ["sort"] });
    assert.deepEqual(of({ name: "u", key: "k", sort: "at" }), { changes: ["key", "name"], replaces: ["key", "name"] });
  });

  it("show a cloud that was restarted as a change, make the resource anew, and delete nothing of another boot", async () => {
    const { outputs } = await create(cloud, "Queue", queueInputs);
    const next = await makeCloud();
    assert.deepEqual(diff("Queue", outputs, queueInputs, next.bootId), { changes: ["bootId"], replaces: [] });
    assert.deepEqual(unsettled("Queue", outputs, queueInputs, next.bootId), ["bootId"]);
    assert.deepEqual(unsettled("Api", { ...outputs, url: "u" }, {}, next.bootId), ["bootId", "url"]);
    assert.deepEqual(unsettled("Api", outputs, { port: 8080 }, cloud.bootId), ["url"]);
    assert.deepEqual(unsettled("Api", outputs, {}, cloud.bootId), []);
    const again = await update(next, "Queue", "q", queueInputs);
    assert.equal(again.outputs.bootId, next.bootId);
    await remove(next, "Queue", "q", outputs);
    assert.ok(next.read("Queue", "q"), "the old state's queue was another");
    await next.close();
  });
});

describe("local provider's wire format", () => {
  it("opens secrets at any depth, keeps unknowns, drops what the engine adds and what is not set", () => {
    const secret = (value: unknown) => ({
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      value,
    });
    const given = {
      name: secret("n"),
      list: [secret({ deep: secret(1) })],
      later: unknown,
      none: null,
      __defaults: [],
    };
    assert.deepEqual(fromWire(toWire(given)), { name: "n", list: [{ deep: 1 }], later: unknown });
  });
});

describe("local provider's process", () => {
  it("prints its port and nothing else, soon", async () => {
    const child = spawn(process.execPath, [join(__dirname, "../../local/provider/index.js")], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [out, complaints] = [[] as string[], [] as string[]];
    child.stderr.on("data", (data: Buffer) => complaints.push(data.toString()));
    await new Promise<void>((resolve) =>
      child.stdout.on("data", (data: Buffer) => {
        out.push(data.toString());
        if (out.join("").includes("\n")) resolve();
      }),
    );
    child.kill();
    await new Promise((resolve) => child.once("close", resolve));
    assert.match(out.join(""), /^\d+\n$/);
    assert.equal(complaints.join(""), "");
  });
});
