import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Bucket,
  code,
  EventBus,
  ObjectTrigger,
  Schedule,
  Stream,
  StreamProcessor,
  Subscription,
  Table,
  TableTrigger,
} from "../../../components";
import type { Note } from "../../fixtures/contracts";
import { Reading, ThingMade, ThingSold } from "../../fixtures/happenings";
import { wrappedPush } from "../../runtime/events";
import { Cloud, freePort, Instance } from "./instance";
import { deployed, project } from "./support";

type Triggered = typeof import("../../fixtures/triggered");
const on = <Name extends keyof Triggered>(name: Name) =>
  code<Triggered, Name>(__dirname, "../../fixtures/triggered", name);
const subscriber = code<typeof import("../../fixtures/thing-subscriber")>(__dirname, "../../fixtures/thing-subscriber");
const processor = code<typeof import("../../fixtures/reading-processor")>(
  __dirname,
  "../../fixtures/reading-processor",
);

function program() {
  const notes = new Table<Note>("notes", { key: "id" });
  const things = new EventBus("things", { events: [ThingMade, ThingSold] });
  const stream = new Stream("readings", { record: Reading, key: "sensor" });
  const files = new Bucket("files");
  new Subscription("note", {
    bus: things,
    events: [ThingMade, ThingSold],
    filter: { field: "data.color", in: ["red"] },
    handler: subscriber,
    uses: { notes: notes.readWriter(), things: things.publisher(ThingSold) },
  });
  const uses = { notes: notes.readWriter(), more: stream.producer() };
  new StreamProcessor("watch", { stream, handler: processor, uses, maxRecordAge: "7 days" });
  new ObjectTrigger("taken", {
    bucket: files,
    suffix: ".txt",
    handler: on("onObject"),
    uses: { files: files.reader(), notes: notes.readWriter() },
  });
  const copies = new Table<Note>("copies", { key: "id" });
  new TableTrigger("copy", { table: notes, handler: on("onItem"), uses: { copies: copies.readWriter() } });
  new Schedule("tick", { cron: "0 * * * *", handler: on("onTick"), uses: { files: files.readWriter() } });
}

/** What deployment tells and what the adapters read are written apart; here they meet. */
describe("The functions of the event patterns on gcp, started as Cloud Run starts them", () => {
  const folder = mkdtempSync(join(tmpdir(), "started-"));
  const cloud = new Cloud();
  const started = new Map<string, Instance>();

  before(async function () {
    this.timeout(30_000);
    const result = await deployed(program);
    const environment = await cloud.open();
    for (const name of ["note", "watch", "taken", "copy", "tick"])
      started.set(name, new Instance(join(folder, name), result, `${name}-fn`, await freePort(), environment));
    await Promise.all([...started.values()].map(({ ready }) => ready));
  });
  after(async () => {
    await Promise.all([...started.values()].map((one) => one.stop()));
    cloud.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const push = async (name: string, sent: Parameters<typeof wrappedPush>[0]) => {
    const one = started.get(name);
    const { headers, rawBody } = wrappedPush(sent);
    const body = rawBody ?? null;
    const { status } = await fetch(`http://127.0.0.1:${one?.port}/`, { method: "POST", headers, body });
    return { status, output: one?.output ?? "" };
  };
  const event = (color: string) => ({
    attempt: 1,
    body: { id: "t-1", size: 2, color },
    attributes: {
      "ce-specversion": "1.0",
      "ce-id": "e-1",
      "ce-type": ThingMade.type,
      "ce-source": "/services/things",
      "ce-subject": "t-1",
      "ce-time": "2026-01-02T03:04:05Z",
      "ce-datacontenttype": "application/json",
    },
  });

  it("takes an event that its filter lets through, and publishes what it was granted", async () => {
    const { status, output } = await push("note", event("red"));
    assert.equal(status, 204, output);
    const [sold, ...more] = cloud.published("things");
    assert.deepEqual([sold?.attributes["ce-type"], sold?.attributes["data-color"], more], [ThingSold.type, "red", []]);
  });

  it("leaves out an event that its filter does not let through", async () => {
    const before = cloud.calls.length;
    assert.equal((await push("note", event("grey"))).status, 204);
    assert.equal(cloud.calls.length, before);
  });

  it("takes a record, and puts another on the stream by its key", async () => {
    const { status, output } = await push("watch", { attempt: 1, body: { sensor: "s-1", value: 11 } });
    // Sent in January: long past what the processor may try.
    assert.equal(status, 204, output);
    const [dead] = cloud.published("watch-dead");
    assert.match(dead?.attributes["sb-error"] ?? "", /Expired/);
    assert.deepEqual(cloud.published("readings"), []);
  });

  it("takes an object's notice by its suffix", async () => {
    const notice = (objectId: string) => ({
      attempt: 1,
      body: { name: objectId, size: "5" },
      attributes: {
        eventType: "OBJECT_FINALIZE",
        bucketId: "files-1a2b3c4",
        objectId,
        objectGeneration: "1767323045678000",
        eventTime: "2026-01-02T03:04:05Z",
      },
    });
    const before = cloud.calls.length;
    assert.equal((await push("taken", notice("a.png"))).status, 204);
    assert.equal(cloud.calls.length, before);
    const { status, output } = await push("taken", notice("a.txt"));
    assert.equal(status, 204, output);
    assert.match(cloud.calls[before]?.path ?? "", /^GET \/storage\/v1\/b\/files-1a2b3c4\/o\/a\.txt/);
  });

  it("puts what Eventarc tells on its own queue, and buries what nobody can read", async () => {
    const one = started.get("copy");
    const headers = { "ce-id": "e-1", "ce-type": "google.cloud.firestore.document.v1.created" };
    const reply = await fetch(`http://127.0.0.1:${one?.port}/`, { method: "POST", headers, body: "no protobuf" });
    assert.equal(reply.status, 204, one?.output);
    assert.equal(cloud.published("copy-dead").length, 1);
  });

  it("takes a tick without data, as Cloud Scheduler's message has attributes only", async () => {
    const before = cloud.calls.length;
    const { status, output } = await push("tick", { attempt: 1, body: "", attributes: { schedule: "tick" } });
    assert.equal(status, 204, output);
    const upload = cloud.calls[before];
    assert.match(upload?.path ?? "", /^POST \/upload\/storage\/v1\/b\/files-1a2b3c4\/o/);
    assert.equal(upload?.body, "2026-01-02T03:04:00.000Z");
    assert.ok(project);
  });
});
