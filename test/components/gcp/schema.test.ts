import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import * as pulumi from "@pulumi/pulumi";
import { orders } from "../../../blueprints/orders";
import {
  Bucket,
  code,
  EventBus,
  Foundation,
  HttpApi,
  ObjectTrigger,
  QueueWorker,
  Schedule,
  Secret,
  Stream,
  StreamProcessor,
  Subscription,
  Table,
  TableTrigger,
} from "../../../components";
import { Note } from "../../fixtures/contracts";
import { Reading, ThingMade } from "../../fixtures/happenings";
import { deployed } from "./support";

/** One property of the Google provider's own schema: kind, nested block, most members, whether it is required, validators. */
interface Property {
  readonly t: "s" | "n" | "b" | "l" | "m" | string;
  readonly b?: Block;
  readonly max?: number;
  readonly r?: 1;
  readonly o?: 1;
  readonly cw?: readonly string[];
  readonly v?: readonly (readonly [string, ...unknown[]])[];
}
type Block = Readonly<Record<string, Property>>;

/** Types whose name is not made of their token's parts. */
const named: Readonly<Record<string, string>> = {
  "apigateway:Api": "api_gateway_api",
  "apigateway:ApiConfig": "api_gateway_api_config",
  "apigateway:Gateway": "api_gateway_gateway",
  "artifactregistry:Repository": "artifact_registry_repository",
  "artifactregistry:RepositoryIamMember": "artifact_registry_repository_iam_member",
  "cloudfunctionsv2:Function": "cloudfunctions2_function",
  "cloudrunv2:ServiceIamMember": "cloud_run_v2_service_iam_member",
  "cloudscheduler:Job": "cloud_scheduler_job",
  "kms:CryptoKeyIAMMember": "kms_crypto_key_iam_member",
  "projects:IAMMember": "project_iam_member",
  "projects:IAMAuditConfig": "project_iam_audit_config",
  "projects:Service": "project_service",
  "projects:ServiceIdentity": "project_service_identity",
  "pubsub:SubscriptionIAMMember": "pubsub_subscription_iam_member",
  "pubsub:TopicIAMMember": "pubsub_topic_iam_member",
  "secretmanager:Secret": "secret_manager_secret",
  "secretmanager:SecretIamMember": "secret_manager_secret_iam_member",
  "serviceaccount:Account": "service_account",
  "serviceaccount:IAMMember": "service_account_iam_member",
  "storage:BucketIAMMember": "storage_bucket_iam_member",
};
const snake = (text: string) => text.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/^_/, "");
function schemaName(token: string): string {
  const [, module = "", type = ""] = /^gcp:([a-z0-9]+)\/[^:]+:(\w+)$/i.exec(token) ?? [];
  return `google_${named[`${module}:${type}`] ?? `${module}_${snake(type)}`}`;
}

/** Names that Pulumi chooses where none is given. */
const chosen = new Set(["name", "secret_id"]);

function faults(block: Block, values: Readonly<Record<string, unknown>>, path: string): string[] {
  const found: string[] = [];
  const given = new Map<string, unknown>();
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined || key.startsWith("__")) continue;
    const name = [snake(key), snake(key).replace(/s$/, "")].find((one) => one in block);
    if (name === undefined || !(block[name]?.o || block[name]?.r)) found.push(`${path}.${key} is no input`);
    else given.set(name, value);
  }
  for (const [name, property] of Object.entries(block)) {
    const value = given.get(name);
    if (value === undefined) {
      if (property.r && !chosen.has(name)) found.push(`${path}.${name} is missing`);
      continue;
    }
    for (const other of property.cw ?? [])
      if (other !== name && given.has(other)) found.push(`${path}.${name} excludes ${other}`);
    found.push(...judge(property, value, `${path}.${name}`));
  }
  return found;
}

function judge(property: Property, value: unknown, path: string): string[] {
  const members = property.t === "l" || property.t === "set" ? (Array.isArray(value) ? value : [value]) : undefined;
  if (members) {
    const many = property.max !== undefined && members.length > property.max ? [`${path} has too many`] : [];
    const { b: block } = property;
    return [...many, ...(block ? members.flatMap((one) => faults(block, one, path)) : [])];
  }
  const kinds: Readonly<Record<string, string>> = { s: "string", n: "number", b: "boolean", m: "object" };
  const kind = kinds[property.t];
  // Pulumi writes an archive to a file and gives its path.
  if (kind === "string" && value instanceof Object && pulumi.runtime.specialSigKey in value) return [];
  // Numbers may be written as text; the provider reads them.
  if (kind && typeof value !== kind && !(kind === "number" && Number.isFinite(Number(value))))
    return [`${path} is a ${typeof value}, not a ${kind}`];
  const rules = (property.v ?? []).map((rule) => holds(rule, value));
  // Validators are alternatives where one of them allows the empty text.
  return rules.length > 0 && !rules.every(Boolean) && !(value === "" && property.v?.some(([name]) => name === "empty"))
    ? [`${path}=${JSON.stringify(value)} breaks ${JSON.stringify(property.v)}`]
    : [];
}

function holds([rule, ...bounds]: readonly [string, ...unknown[]], value: unknown): boolean {
  const within = (number: number) => number >= Number(bounds[0] ?? -1e99) && number <= Number(bounds[1] ?? 1e99);
  if (rule === "re") return new RegExp(String(bounds[0])).test(String(value));
  if (rule === "in") return (bounds[0] as unknown[]).includes(value);
  if (rule === "range") return within(Number(value));
  if (rule === "len") return within(String(value).length);
  if (rule === "duration") return /^\d+(\.\d+)?s$/.test(String(value));
  if (rule === "base64") return Buffer.from(String(value), "base64").toString("base64") === value;
  return true;
}

describe("What is deployed on gcp, beside the Google provider's own schema", () => {
  const folder = process.env.SB_ORACLE;
  let resources: Readonly<Record<string, Block>>;
  before(function () {
    if (!folder) return this.skip();
    const text = gunzipSync(readFileSync(join(folder, "gcp-schema.json.gz"))).toString();
    ({ resources } = JSON.parse(text) as { resources: Readonly<Record<string, Block>> });
  });

  const long = "a-component-whose-name-is-as-long-as-may";
  const jwt = { issuer: "https://login.shop.example/", audience: ["notes"], scopes: [] };
  const health = code<typeof import("../../fixtures/health")>(__dirname, "../../fixtures/health");
  const programs: Readonly<Record<string, () => unknown>> = {
    orders: () =>
      orders.build({ maxDeliveries: 100, backoff: { min: "0 seconds", max: "10 minutes" }, requestsPerSecond: 1 }),
    "the longest names": () => {
      const notes = new Table<Note & { until: number }>(`${long.slice(0, -1)}t`, { key: "id", expires: "until" });
      new Secret(`${long.slice(0, -1)}s`);
      new QueueWorker(`${long.slice(0, -1)}q`, {
        message: Note,
        handler: code<typeof import("../../fixtures/note-worker")>(__dirname, "../../fixtures/note-worker"),
        uses: { notes: notes.readWriter() as never },
        timeout: "590 seconds",
      });
      new HttpApi(long, {
        routes: { "GET /a/{id}": { auth: { jwt }, handler: health }, "GET /": { auth: "none", handler: health } },
        cors: { origins: ["*"] },
      });
    },
    "the event patterns, by their longest names": () => {
      const name = (last: string) => `${long.slice(0, -1)}${last}`;
      const on = <Name extends "onEvent" | "onObject" | "onItem" | "onTick">(handler: Name) =>
        code<typeof import("../../fixtures/quiet-triggered"), Name>(
          __dirname,
          "../../fixtures/quiet-triggered",
          handler,
        );
      const bus = new EventBus(name("b"), {
        events: [ThingMade],
        archive: { retention: "31 days" },
        ordering: "per-subject",
      });
      new Subscription(name("s"), {
        bus,
        events: [ThingMade],
        filter: { field: "data.color", in: ["red"] },
        handler: on("onEvent"),
      });
      const stream = new Stream(name("c"), { record: Reading, key: "sensor", retention: "31 days" });
      const handler = code<typeof import("../../fixtures/quiet-reader")>(__dirname, "../../fixtures/quiet-reader");
      new StreamProcessor(name("p"), { stream, handler });
      const bucket = new Bucket(name("f"), { expireAfter: 3650, restoreWithin: 90 });
      new ObjectTrigger(name("o"), { bucket, on: ["created", "deleted"], prefix: "in/", handler: on("onObject") });
      const table = new Table<Note>(name("t"), { key: "id" });
      new TableTrigger(name("r"), {
        table,
        on: ["written", "deleted"],
        require: { deletes: true },
        maxRecordAge: "31 days",
        handler: on("onItem"),
      });
      const zone = "America/Argentina/ComodRivadavia";
      new Schedule(name("n"), { cron: "0 3 * * *", timeZone: zone, handler: on("onTick") });
    },
    "a foundation with a trail": () => new Foundation("foundation"),
  };
  for (const [name, program] of Object.entries(programs))
    for (const dataClass of ["internal", "confidential", "regulated"])
      it(`takes ${name} as ${dataClass} data`, async () => {
        const run = await deployed(program, { dataClass, auditTrail: name.includes("trail") ? "create" : "account" });
        const found = run.resources
          .filter(({ type }) => type.startsWith("gcp:"))
          .flatMap(({ type, name: resource, inputs }) => {
            const schema = resources[schemaName(type)];
            return schema ? faults(schema, inputs, resource) : [`${type} is not in the schema`];
          });
        assert.deepEqual(found, []);
      });
});
