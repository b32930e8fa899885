import assert from "node:assert/strict";
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
import type {} from "../../../components/gcp";
import type { Note } from "../../fixtures/contracts";
import { Reading, ThingMade } from "../../fixtures/happenings";
import { deployed } from "./support";

type Quiet = typeof import("../../fixtures/quiet-triggered");
const on = <Name extends "onEvent" | "onObject" | "onItem" | "onTick">(name: Name) =>
  code<Quiet, Name>(__dirname, "../../fixtures/quiet-triggered", name);
const reader = code<typeof import("../../fixtures/quiet-reader")>(__dirname, "../../fixtures/quiet-reader");

const workedParts = ["deadSubscription", "deadTopic", "function", "subscription", "topic"];
const workedNodes = [...workedParts, "account", "push"];

type Made = { readonly nodes: { readonly gcp?: object } };

/** Which parts a transform was asked about, and which nodes the component then has. */
async function parts(make: (transform: never) => Made) {
  const asked = new Set<string>();
  const gcp = new Proxy({}, { get: (_, part: string) => () => void asked.add(part) });
  let nodes: string[] = [];
  await deployed(() => {
    nodes = Object.entries(make({ gcp } as never).nodes.gcp ?? {})
      .filter(([, node]) => node !== undefined)
      .map(([name]) => name);
  });
  return { asked: [...asked].sort(), nodes: nodes.sort() };
}

const alone = (part: string) => ({ asked: [part], nodes: [part] });
const withFront = (part: string, node = part) => ({
  asked: [...workedParts, part].sort(),
  nodes: [...workedNodes, node].sort(),
});

describe("Escape hatches of the event patterns on gcp", () => {
  const bus = (more: { readonly transform?: never } = {}) => new EventBus("things", { events: [ThingMade], ...more });
  const stream = (more: { readonly transform?: never } = {}) =>
    new Stream("readings", { record: Reading, key: "sensor", ...more });
  const bucket = (more: { readonly transform?: never } = {}) => new Bucket("files", more);
  const cases: Readonly<Record<string, readonly [(transform: never) => Made, ReturnType<typeof alone>]>> = {
    EventBus: [(transform) => bus({ transform }), alone("bus")],
    Stream: [(transform) => stream({ transform }), alone("stream")],
    Bucket: [(transform) => bucket({ transform }), alone("bucket")],
    Subscription: [
      (transform) => new Subscription("note", { bus: bus(), events: [ThingMade], handler: on("onEvent"), transform }),
      withFront("busSubscription"),
    ],
    StreamProcessor: [
      (transform) => new StreamProcessor("watch", { stream: stream(), handler: reader, transform }),
      withFront("reader"),
    ],
    ObjectTrigger: [
      (transform) => new ObjectTrigger("taken", { bucket: bucket(), handler: on("onObject"), transform }),
      withFront("notification"),
    ],
    TableTrigger: [
      (transform) =>
        new TableTrigger("copy", {
          table: new Table<Note>("notes", { key: "id" }),
          handler: on("onItem"),
          transform,
        }),
      withFront("trigger", "triggers"),
    ],
    Schedule: [
      (transform) => new Schedule("tick", { cron: "0 3 * * *", handler: on("onTick"), transform }),
      withFront("job"),
    ],
  };
  for (const [kind, [make, expected]] of Object.entries(cases))
    it(`hand every part of ${kind} to a transform, and its resources to nodes`, async () => {
      assert.deepEqual(await parts(make), expected);
    });
});
