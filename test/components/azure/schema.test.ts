import assert from "node:assert/strict";
import { orders } from "../../../blueprints/orders";
import { display } from "../../../cli/engine";
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
import { Reading, ThingMade, ThingSold } from "../../fixtures/happenings";
import { deployed } from "./support";

interface Fault {
  readonly property: string;
  readonly reason: string;
}
const { judgeArm } = require("../../engine/standins/arm") as {
  judgeArm: (token: string, inputs: Readonly<Record<string, unknown>>) => Fault[];
};

/** What Azure takes as names, where the schemas of the resource manager do not say (Azure resource naming rules). */
const names: Readonly<Record<string, readonly [property: string, rule: RegExp]>> = {
  "azure-native:apimanagement:ApiManagementService": ["serviceName", /^[a-zA-Z](?:[a-zA-Z0-9-]{0,48}[a-zA-Z0-9])?$/],
  "azure-native:apimanagement:ApiOperation": ["operationId", /^[^*#&+:<>?]{1,80}$/],
  "azure-native:authorization:RoleAssignment": ["roleAssignmentName", /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/],
  "azure-native:cosmosdb:DatabaseAccount": ["accountName", /^[a-z0-9](?:[a-z0-9-]{1,42}[a-z0-9])$/],
  "azure-native:cosmosdb:SqlResourceSqlContainer": ["containerName", /^[^/\\#?]{1,255}$/],
  "azure-native:cosmosdb:SqlResourceSqlRoleAssignment": [
    "roleAssignmentId",
    /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  ],
  "azure-native:eventgrid:SystemTopicEventSubscription": ["eventSubscriptionName", /^[a-zA-Z0-9-]{3,64}$/],
  "azure-native:eventgrid:Topic": ["topicName", /^[a-zA-Z0-9-]{3,50}$/],
  "azure-native:eventgrid:TopicEventSubscription": ["eventSubscriptionName", /^[a-zA-Z0-9-]{3,64}$/],
  "azure-native:eventhub:ConsumerGroup": ["consumerGroupName", /^[A-Za-z0-9](?:[\w.-]{0,48}[A-Za-z0-9])?$/],
  "azure-native:eventhub:EventHub": ["eventHubName", /^[A-Za-z0-9](?:[\w.-]{0,254}[A-Za-z0-9])?$/],
  "azure-native:eventhub:Namespace": ["namespaceName", /^[a-zA-Z](?!.*--)[a-zA-Z0-9-]{4,48}[a-zA-Z0-9]$/],
  "azure-native:keyvault:Vault": ["vaultName", /^[a-zA-Z](?!.*--)[a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$/],
  "azure-native:monitor:DiagnosticSetting": ["name", /^[^*<>%&:\\?+/]{1,260}$/],
  "azure-native:servicebus:Namespace": ["namespaceName", /^[a-zA-Z](?!.*--)[a-zA-Z0-9-]{4,48}[a-zA-Z0-9]$/],
  "azure-native:servicebus:Queue": ["queueName", /^[A-Za-z0-9](?:[\w./-]{0,258}\w)?$/],
  "azure-native:servicebus:Rule": ["ruleName", /^[A-Za-z0-9](?:[\w.-]{0,48}[A-Za-z0-9])?$/],
  "azure-native:servicebus:Subscription": ["subscriptionName", /^[A-Za-z0-9](?:[\w.-]{0,48}[A-Za-z0-9])?$/],
  "azure-native:servicebus:Topic": ["topicName", /^[A-Za-z0-9](?:[\w./-]{0,258}\w)?$/],
  "azure-native:storage:BlobContainer": ["containerName", /^[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]$/],
  "azure-native:storage:Queue": ["queueName", /^[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]$/],
  "azure-native:storage:StorageAccount": ["accountName", /^[a-z0-9]{3,24}$/],
  "azure-native:web:AppServicePlan": ["name", /^[a-zA-Z0-9-]{1,60}$/],
  "azure-native:web:WebApp": ["name", /^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])$/],
};
/** Names that Pulumi makes of the name in the program and eight digits, by the most that Azure takes. */
const chosen: Readonly<Record<string, number>> = {
  "azure-native:eventgrid:SystemTopic": 128,
  "azure-native:applicationinsights:Component": 260,
  "azure-native:managedidentity:UserAssignedIdentity": 128,
  "azure-native:operationalinsights:Workspace": 63,
  "azure-native:resources:ResourceGroup": 90,
};

const long = "a-component-whose-name-is-as-long-as-may";
const jwt = { issuer: "https://login.shop.example/", audience: ["notes"], scopes: [] };
const health = code<typeof import("../../fixtures/health")>(__dirname, "../../fixtures/health");
type Quiet = typeof import("../../fixtures/quiet-triggered");
const quiet = <Name extends Exclude<keyof Quiet, "events">>(name: Name) =>
  code<Quiet, Name>(__dirname, "../../fixtures/quiet-triggered", name);
const [onEvent, onObject, onItem, onTick] = [quiet("onEvent"), quiet("onObject"), quiet("onItem"), quiet("onTick")];
const programs: Readonly<Record<string, () => unknown>> = {
  orders: () =>
    orders.build({ maxDeliveries: 100, backoff: { min: "0 seconds", max: "10 minutes" }, requestsPerSecond: 1 }),
  "the longest names": () => {
    new Foundation(`${long.slice(0, -1)}f`);
    const notes = new Table<Note & { until: number }>(`${long.slice(0, -1)}t`, { key: "id", expires: "until" });
    new Secret(`${long.slice(0, -1)}s`);
    new QueueWorker(`${long.slice(0, -1)}q`, {
      message: Note,
      handler: code<typeof import("../../fixtures/note-worker")>(__dirname, "../../fixtures/note-worker"),
      uses: { notes: notes.readWriter() as never },
      timeout: "5 minutes",
      retention: "14 days",
      maxConcurrency: 1000,
    });
    new HttpApi(long, {
      routes: { "GET /a/{id}": { auth: { jwt }, handler: health }, "GET /": { auth: "none", handler: health } },
      cors: { origins: ["*"] },
    });
  },
  "everything that events pass": () => {
    const name = (end: string) => `${long.slice(0, -2)}${end}`;
    const events = [ThingMade, ThingSold];
    const bus = new EventBus(name("b1"), { events, archive: { retention: "7 days" } });
    const ordered = new EventBus(name("b2"), { events, ordering: "per-subject" });
    const filter = {
      all: [
        { field: "data.size", min: 1, max: 9 },
        { field: "data.color", in: ["red", "blue"] },
      ],
    };
    for (const [index, one] of [bus, ordered].entries())
      new Subscription(name(`s${index}`), { bus: one as typeof bus, events: [ThingMade], filter, handler: onEvent });
    const two = code<typeof import("../../fixtures/thing-subscriber")>(__dirname, "../../fixtures/thing-subscriber");
    const notes = new Table<Note>(name("t1"), { key: "id" });
    const uses = { notes: notes.readWriter(), things: ordered.publisher(ThingSold) };
    new Subscription(name("s3"), { bus: ordered as typeof bus, events, handler: two, uses } as never);
    const stream = new Stream(name("r1"), { record: Reading, key: "sensor", retention: "7 days", partitions: 32 });
    new StreamProcessor(name("p1"), {
      stream,
      handler: code<typeof import("../../fixtures/quiet-reader")>(__dirname, "../../fixtures/quiet-reader"),
      batch: { size: 100, window: "5 seconds" },
      from: { at: "2026-01-31T12:00:00Z" },
    });
    const bucket = new Bucket(name("f1"), { expireAfter: 30 });
    new ObjectTrigger(name("o1"), {
      bucket,
      on: ["created", "deleted"],
      prefix: "in/",
      suffix: ".txt",
      handler: onObject,
    });
    new TableTrigger(name("c1"), { table: notes, handler: onItem });
    new Schedule(name("k1"), { cron: "*/5 * * * *", timeZone: "Asia/Kolkata", handler: onTick });
    for (const tier of ["economy", "standard"] as const)
      new QueueWorker(name(tier === "economy" ? "q1" : "q2"), {
        message: Note,
        handler: code<typeof import("../../fixtures/quiet-worker")>(__dirname, "../../fixtures/quiet-worker"),
        tier,
        maxMessageBytes: 49_152,
        ...(tier === "standard" ? { ordering: { by: "id" }, deduplication: { by: "id" }, batch: { size: 9 } } : {}),
      } as never);
  },
  "a foundation with a trail": () => new Foundation("foundation"),
};

for (const [name, program] of Object.entries(programs))
  for (const dataClass of ["internal", "confidential"])
    describe(`What is deployed on azure of ${name} as ${dataClass} data`, () => {
      let made: { type: string; name: string; values: Readonly<Record<string, unknown>> }[];
      before(async () => {
        const run = await deployed(program, { dataClass, auditTrail: name.includes("trail") ? "create" : "account" });
        made = run.resources
          .filter(({ custom, type }) => custom && type.startsWith("azure-native:"))
          .map((one) => ({
            type: one.type,
            name: one.name,
            values: display(one.inputs) as Readonly<Record<string, unknown>>,
          }));
      });

      it("has names that Azure takes", () => {
        const wrong = made.flatMap(({ type, name: logical, values }) => {
          const [property, rule] = names[type] ?? [];
          if (property && rule) return rule.test(String(values[property])) ? [] : [`${type} ${values[property]}`];
          const most = chosen[type];
          return most !== undefined && logical.length + 8 > most ? [`${type} ${logical}`] : [];
        });
        assert.deepEqual(wrong, []);
      });

      it("gives no two resources of a type the same name", () => {
        for (const [type, [property]] of Object.entries(names)) {
          if (/:(DiagnosticSetting|BlobContainer)$/.test(type)) continue; // one in each resource of its own
          const all = made.filter((one) => one.type === type).map(({ values }) => values[property]);
          assert.equal(new Set(all).size, all.length, `${type}: ${all.join(", ")}`);
        }
      });

      it("is as the resource manager's own schemas say", function () {
        if (!process.env.SB_ORACLE) return this.skip();
        const wrong = made.flatMap(({ type, name: logical, values }) =>
          judgeArm(type, values)
            // Principals have speaking names in these tests.
            .filter(({ property }) => property !== "principalId")
            .map(({ property, reason }) => `${type} ${logical}: ${property} ${reason}`),
        );
        assert.deepEqual(wrong, []);
      });
    });
