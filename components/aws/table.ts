import * as dynamodb from "@pulumi/aws/dynamodb";
import type { Realization } from "../core/cloud";
import { emulated, native } from "../core/contract";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import { backupAsked, type TableOutputs, type TableSpec } from "../table";
import { provide } from "./access";
import { keyArn, keyUse } from "./foundation";

/** DynamoDB actions behind each operation of a grant. */
const actions: Readonly<Record<string, readonly string[]>> = {
  get: ["dynamodb:GetItem"],
  query: ["dynamodb:Query"],
  put: ["dynamodb:PutItem"],
  delete: ["dynamodb:DeleteItem"],
};

/** Attributes that name an item. */
export interface TableKeys {
  readonly key: string;
  readonly sort?: string;
}

const keys = new WeakMap<Pattern, TableKeys>();

export function keyOf(table: Pattern): TableKeys {
  const found = keys.get(table);
  if (!found) throw new Error(`the table "${table.id}" is not one of aws`);
  return found;
}

export function table(self: Pattern<"Table">, spec: TableSpec): Realization<TableOutputs> {
  const { site } = self;
  const { key, sort, expires, version } = spec;
  const cmk = keyArn(site);
  const args: dynamodb.TableArgs = {
    billingMode: "PAY_PER_REQUEST",
    attributes: [{ name: key, type: "S" }, ...(sort ? [{ name: sort, type: "S" }] : [])],
    hashKey: key,
    ...(sort ? { rangeKey: sort } : {}),
    ...(expires ? { ttl: { enabled: true, attributeName: expires } } : {}),
    pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: spec.pointInTimeRecoveryDays },
    ...(cmk ? { serverSideEncryption: { enabled: true, kmsKeyArn: cmk } } : {}),
    // Costs nothing until it is read, and a trigger comes later than its table.
    streamEnabled: true,
    streamViewType: "NEW_AND_OLD_IMAGES",
    deletionProtectionEnabled: site.protect,
    tags: { ...site.tags },
  };
  const table = new dynamodb.Table(self.id, shaper(spec.transform?.aws)("table", args), self.child({ stateful: true }));
  keys.set(self, { key, ...(sort ? { sort } : {}) });
  provide(self, (operations) => {
    const writes = operations.includes("put");
    return {
      config: {
        table: table.name,
        key,
        ...(sort ? { sort } : {}),
        ...(expires ? { expires } : {}),
        ...(version ? { version } : {}),
      },
      statements: [
        { actions: operations.flatMap((operation) => actions[operation] ?? []), resources: [table.arn] },
        ...keyUse(
          site,
          "dynamodb",
          writes
            ? ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:DescribeKey"]
            : ["kms:Decrypt", "kms:DescribeKey"],
        ),
      ],
    };
  });
  return {
    contract: [
      native("key", key, key, "partition key", "DynamoDB CreateTable"),
      native("sort", sort ?? "none asked", sort ?? "none", "sort key", "DynamoDB CreateTable"),
      expires
        ? emulated(
            "expires",
            expires,
            expires,
            "the client stops reading at the second; DynamoDB deletes within days",
            "DynamoDB time to live",
          )
        : native("expires", "none asked", "never", "no time to live", "DynamoDB time to live"),
      native(
        "version",
        version ?? "none asked",
        version ?? "last write wins",
        "condition on the stored version",
        "DynamoDB PutItem ConditionExpression",
      ),
      native(
        "pointInTimeRecovery",
        `${spec.pointInTimeRecoveryDays} days`,
        `${spec.pointInTimeRecoveryDays} days`,
        "restores to any second into a new table",
        "DynamoDB PointInTimeRecoverySpecification",
      ),
      native("changes", "told", "for 24 hours", "before and after, to triggers", "DynamoDB Streams"),
      native(
        "backup",
        backupAsked(site),
        "35 days after a deletion",
        "DynamoDB's own, made because point-in-time recovery is on",
        "DynamoDB backups: before you begin point-in-time recovery",
      ),
      native("maxItemBytes", "409600 bytes", "409600 bytes", "attribute names count", "DynamoDB quotas: item size"),
      native(
        "consistency",
        "read your writes",
        "strong",
        "consistent reads, at twice the price of eventual ones",
        "DynamoDB GetItem ConsistentRead",
      ),
      native(
        "encryption",
        site.dataClass,
        cmk ? "the stack's KMS key" : "DynamoDB's own key",
        "at rest",
        "DynamoDB SSESpecification",
      ),
    ],
    grants: [],
    nodes: { table },
    outputs: { table: table.name },
  };
}
