import { Cron } from "croner";
import * as z from "zod";
import type { Filter } from "../runtime/filter";
import { LocalCloudError } from "./errors";

/**
 * The local cloud's resource types: what each takes, and what it accepts. Names are unique by type and refer to
 * resources of the type that the property says. Unknown properties are refused, so that none is silently without effect.
 */
const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, "must be 1 to 128 letters, digits, '.', '_' or '-'");
const seconds = (max: number) => z.number().min(0).max(max);
const count = (max: number) => z.number().int().min(1).max(max);
const attribute = z.string().min(1);
const day = 86_400;

/** The operations that a permission can name, and the type of resource that each belongs to. */
export const operations = {
  send: "Queue",
  get: "Table",
  query: "Table",
  put: "Table",
  delete: "Table",
  read: "Secret",
  putRecords: "Stream",
  getObject: "Bucket",
  listObjects: "Bucket",
  putObject: "Bucket",
  deleteObject: "Bucket",
} as const;
export type Operation = keyof typeof operations;
const operationNames = Object.keys(operations) as [Operation, ...Operation[]];

/** On a bus, where each type of event is granted by itself: `publish com.shop.orders.OrderPlaced.v1`. */
export type Publishing = `publish ${string}`;
const publishing = z.templateLiteral(["publish ", z.string().min(1)]);

const auth = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({ kind: z.literal("iam") }),
  z.strictObject({
    kind: z.literal("jwt"),
    /** `https`, or `http` on loopback; its keys are found by OIDC discovery. */
    issuer: z.url().refine(isTrustworthy, "must be https, or http on loopback"),
    audience: z.array(z.string().min(1)).min(1).readonly(),
    scopes: z.array(z.string().min(1)).readonly(),
  }),
]);

/** The filter's own grammar is `runtime/filter.ts`; here it only has to be an object. */
const filter = z.custom<Filter>((value) => typeof value === "object" && value !== null, "must be a filter").optional();

export const schemas = {
  LogStore: z.strictObject({ name, retentionDays: z.number().int().min(1).max(3653) }),
  Queue: z.strictObject({
    name,
    visibilityTimeoutSeconds: seconds(43_200).min(1),
    maxDeliveries: count(1000),
    retentionSeconds: seconds(31 * day).min(1),
    maxMessageBytes: count(10 * 2 ** 20),
    backoffMinSeconds: seconds(43_200),
    backoffMaxSeconds: seconds(43_200),
    deadLetterRetentionSeconds: seconds(31 * day).min(1),
    /** Messages with an id that was sent within this time are dropped. */
    deduplicationSeconds: seconds(7 * day)
      .min(1)
      .optional(),
    maxDelaySeconds: seconds(7 * day).optional(),
  }),
  Bus: z.strictObject({
    name,
    maxEventBytes: count(10 * 2 ** 20),
    /** 0: nothing is kept. */
    archiveSeconds: seconds(31 * day),
    /** Whether events of one subject keep their order. */
    ordered: z.boolean(),
  }),
  Subscription: z.strictObject({
    name,
    bus: name,
    queue: name,
    types: z.array(z.string().min(1)).min(1).readonly(),
    filter,
  }),
  Stream: z.strictObject({
    name,
    partitions: count(256),
    retentionSeconds: seconds(365 * day).min(1),
    maxRecordBytes: count(10 * 2 ** 20),
  }),
  Reader: z.strictObject({
    name,
    /** What it reads: a stream, or a table's changes. */
    source: z.strictObject({ type: z.enum(["Stream", "Table"]), name }),
    function: name,
    /** Has its dead letters; what is redriven from there reaches the same function. */
    queue: name,
    /** Where it begins: the oldest record, what comes from now on, or a time in ms since the epoch. */
    from: z.union([z.literal("oldest"), z.literal("latest"), z.number()]),
    batchSize: count(10_000),
    windowSeconds: seconds(300),
    parallelism: count(10),
    maxDeliveries: count(1000),
    backoffMinSeconds: seconds(43_200),
    backoffMaxSeconds: seconds(43_200),
    bisect: z.boolean(),
    maxRecordAgeSeconds: seconds(365 * day),
  }),
  Bucket: z.strictObject({
    name,
    expireAfterSeconds: seconds(3650 * day)
      .min(1)
      .optional(),
  }),
  Notification: z.strictObject({
    name,
    bucket: name,
    queue: name,
    on: z
      .array(z.enum(["created", "deleted"]))
      .min(1)
      .readonly(),
    prefix: z.string(),
    suffix: z.string(),
  }),
  Schedule: z.strictObject({
    name,
    cron: z.string().refine(isCron, "must be five fields of cron"),
    timeZone: z.string().min(1),
    queue: name,
  }),
  Table: z.strictObject({
    name,
    key: attribute,
    sort: attribute.optional(),
    /** Attribute with seconds since the epoch. */
    expires: attribute.optional(),
    version: attribute.optional(),
  }),
  Function: z.strictObject({
    name,
    /** CommonJS text that exports `handler`. */
    code: z.string().min(1),
    codeHash: z.string().min(1),
    environment: z.record(z.string(), z.string()),
    timeoutSeconds: seconds(5400).min(0.05),
    /** Heap limit of its thread. */
    memoryMiB: z.number().int().min(16).max(32_768),
    permissions: z
      .array(
        z.strictObject({
          resource: name,
          operations: z
            .array(z.union([z.enum(operationNames), publishing]))
            .min(1)
            .readonly(),
        }),
      )
      .readonly(),
    logStore: name,
  }),
  Consumer: z.strictObject({
    queue: name,
    function: name,
    batchSize: count(10_000),
    windowSeconds: seconds(300),
    maxConcurrency: count(1000),
  }),
  Api: z.strictObject({
    name,
    /** 0, the default: any free port. */
    port: z.number().int().min(0).max(65_535).optional(),
    routes: z
      .array(
        z.strictObject({
          method: z.string().regex(/^[A-Z]+$/, "must be upper-case letters"),
          path: z
            .string()
            .regex(
              /^\/([A-Za-z0-9._~-]+|\{[A-Za-z][A-Za-z0-9_]*\})?(\/([A-Za-z0-9._~-]+|\{[A-Za-z][A-Za-z0-9_]*\}))*$/,
              "must be segments, or parameters in braces, each after a slash",
            ),
          function: name,
          auth,
        }),
      )
      .min(1)
      .readonly(),
    cors: z
      .strictObject({
        origins: z.array(z.string().min(1)).min(1).readonly(),
        headers: z.array(z.string().min(1)).readonly(),
        maxAgeSeconds: seconds(day),
      })
      .optional(),
    /** Requests a second; without it the machine is the limit. */
    throttleRate: z.number().positive().optional(),
    throttleBurst: z.number().int().positive().optional(),
    maxBodyBytes: count(100 * 2 ** 20),
    timeoutSeconds: seconds(3600).min(0.05),
    /** Where its access log goes. */
    logStore: name,
  }),
  Secret: z.strictObject({ name }),
};

export type ResourceType = keyof typeof schemas;
/** The inputs of each type. */
export type LocalResources = { readonly [Type in ResourceType]: Readonly<z.infer<(typeof schemas)[Type]>> };

export const resourceTypes = Object.keys(schemas) as readonly ResourceType[];

/** Properties whose change needs another resource in the old one's place. */
export const immutable: { readonly [Type in ResourceType]: readonly (keyof LocalResources[Type] & string)[] } = {
  LogStore: ["name"],
  Queue: ["name"],
  Table: ["name", "key", "sort"],
  Function: ["name"],
  Consumer: ["queue"],
  Api: ["name"],
  Secret: ["name"],
  Bus: ["name"],
  Subscription: ["name", "bus", "queue"],
  Stream: ["name", "partitions"],
  Reader: ["name", "source", "queue", "from"],
  Bucket: ["name"],
  Notification: ["name", "bucket", "queue"],
  Schedule: ["name", "queue"],
};

/** What a resource refers to by name: by property, the type that it names. */
export const references: { readonly [Type in ResourceType]: (inputs: LocalResources[Type]) => readonly Reference[] } = {
  LogStore: () => [],
  Queue: () => [],
  Table: () => [],
  Secret: () => [],
  Bus: () => [],
  Stream: () => [],
  Bucket: () => [],
  Function: ({ logStore }) => [["LogStore", logStore]],
  Consumer: (inputs) => [
    ["Queue", inputs.queue],
    ["Function", inputs.function],
  ],
  Api: ({ routes, logStore }) => [
    ["LogStore", logStore],
    ...routes.map((route): Reference => ["Function", route.function]),
  ],
  Subscription: ({ bus, queue }) => [
    ["Bus", bus],
    ["Queue", queue],
  ],
  Reader: (inputs) => [
    [inputs.source.type, inputs.source.name],
    ["Function", inputs.function],
    ["Queue", inputs.queue],
  ],
  Notification: ({ bucket, queue }) => [
    ["Bucket", bucket],
    ["Queue", queue],
  ],
  Schedule: ({ queue }) => [["Queue", queue]],
};
export type Reference = readonly [type: ResourceType, name: string];

export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** All that is wrong with the inputs; none when they are accepted. `unknown` tells values that are not known yet. */
export function failures(
  type: ResourceType,
  inputs: unknown,
  unknown: (value: unknown) => boolean = () => false,
): Failure[] {
  const parsed = schemas[type].safeParse(inputs);
  const found = (parsed.error?.issues ?? [])
    .filter((issue) => !issue.path.some((_, depth) => unknown(at(inputs, issue.path.slice(0, depth + 1)))))
    .flatMap((issue): Failure[] => {
      const property = issue.path.join(".");
      if (issue.code !== "unrecognized_keys") return [{ property, reason: issue.message }];
      return issue.keys.map((key) => ({
        property: [...issue.path, key].join("."),
        reason: "is not a property of this type",
      }));
    });
  return parsed.success ? across(type, parsed.data) : found;
}

/** What no single property can say. */
function across(type: ResourceType, inputs: unknown): Failure[] {
  if (type === "Queue" || type === "Reader") {
    const { backoffMinSeconds, backoffMaxSeconds } = inputs as LocalResources["Queue"];
    if (backoffMinSeconds > backoffMaxSeconds) {
      return [
        {
          property: "backoffMinSeconds",
          reason: `${backoffMinSeconds} is above backoffMaxSeconds, ${backoffMaxSeconds}`,
        },
      ];
    }
  }
  if (type === "Api") {
    const { throttleRate, throttleBurst } = inputs as LocalResources["Api"];
    if ((throttleRate === undefined) !== (throttleBurst === undefined)) {
      return [{ property: "throttleRate", reason: "goes together with throttleBurst" }];
    }
  }
  return [];
}

export function parse<Type extends ResourceType>(type: Type, inputs: unknown): LocalResources[Type] {
  const wrong = failures(type, inputs);
  if (wrong.length > 0) {
    const list = wrong.map(({ property, reason }) => `${property || "inputs"}: ${reason}`).join("; ");
    throw new LocalCloudError("InvalidInput", `${type} ${nameIn(inputs)}: ${list}`);
  }
  return inputs as LocalResources[Type];
}

function nameIn(inputs: unknown): string {
  const name = at(inputs, ["name"]) ?? at(inputs, ["queue"]);
  return typeof name === "string" ? `"${name}"` : "without a name";
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Readonly<Record<PropertyKey, unknown>> | undefined | null)?.[key],
    value,
  );
}

function isCron(text: string): boolean {
  try {
    new Cron(text, { mode: "5-part", paused: true });
    return true;
  } catch {
    return false;
  }
}

/** Whether what comes from there cannot be exchanged on its way. */
export function isTrustworthy(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || (protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname));
}
