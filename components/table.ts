import type * as pulumi from "@pulumi/pulumi";
import type { TableReader, TableReadWriter } from "../runtime/clients";
import type { FieldOf } from "../runtime/field";
import type { IdempotencyRecord } from "../runtime/settings";
import type { Realizer } from "./core/cloud";
import type { Problem } from "./core/errors";
import type { Transforms } from "./core/escape";
import { type Grant, grant } from "./core/grant";
import { Pattern } from "./core/pattern";
import type { Site } from "./core/site";
import { foundation } from "./foundation";
import { tableLimits } from "./limits/table";

declare module "./core/cloud" {
  interface Cloud {
    readonly table: Realizer<Pattern<"Table">, TableSpec, TableOutputs>;
  }
}

export interface TableArgs<Item> {
  /** Attribute that is the partition key; a string. */
  readonly key: FieldOf<Item, string>;
  /** Attribute that orders the items of one partition; a string. Default none: one item a partition. */
  readonly sort?: FieldOf<Item, string>;
  /** Attribute with the second (since 1970) after which an item is gone. Reads stop at once, the cloud deletes within days. Default none. */
  readonly expires?: FieldOf<Item, number | undefined>;
  /** Attribute with the item's version: a `put` must name the stored one, which grows by 1. Default none: the last write wins. */
  readonly version?: FieldOf<Item, number | undefined>;
  /** Days back to any second of which the table can be restored. Default 7, the one value that all clouds offer. Range: `limits/table.ts`. */
  readonly pointInTimeRecovery?: number;
  /** What to do with a value that the cloud does not accept. Default `refuse`. */
  readonly outOfRange?: "refuse" | "clamp";
  readonly transform?: Transforms<"Table">;
}

/** The defaults, once. */
export const tableDefaults = { pointInTimeRecovery: 7, outOfRange: "refuse" } as const;

export interface TableSpec {
  readonly key: string;
  readonly sort: string | undefined;
  readonly expires: string | undefined;
  readonly version: string | undefined;
  readonly pointInTimeRecoveryDays: number;
  readonly transform: Transforms<"Table"> | undefined;
}

/** What a data class asks of copies that outlive the table. */
export const backupAsked = ({ dataClass }: Site) => (dataClass === "internal" ? "none asked" : `${dataClass} data`);

export interface TableOutputs {
  /** The table's native name: DynamoDB table, Cosmos DB container, Firestore database. */
  readonly table: pulumi.Output<string>;
}

/** A table of JSON items by key: get, query one partition, put with conditions, delete. Items up to 400 KB are portable. */
export class Table<Item> extends Pattern<"Table"> {
  readonly table: pulumi.Output<string>;

  constructor(name: string, args: TableArgs<Item>, opts?: pulumi.ComponentResourceOptions) {
    super("Table", name, opts);
    const { outOfRange, ...given } = { ...tableDefaults, ...args };
    const { values, rows } = this.admit(
      tableLimits,
      { pointInTimeRecovery: given.pointInTimeRecovery },
      outOfRange,
      attributeFaults(args),
    );
    foundation();
    const spec: TableSpec = {
      key: given.key,
      sort: given.sort,
      expires: given.expires,
      version: given.version,
      pointInTimeRecoveryDays: values.pointInTimeRecovery,
      transform: given.transform,
    };
    this.table = this.realize(this.site.realization.table, spec, rows).table;
  }

  /** May read items. */
  reader(): Grant<TableReader<Item>> {
    return grant(this, "table", "reader", ["get", "query"]);
  }

  /** May read, write and delete items. */
  readWriter(): Grant<TableReadWriter<Item>> {
    return grant(this, "table", "readWriter", ["get", "query", "put", "delete"]);
  }
}

/** A table for `QueueWorker`'s `idempotency`: one record a message key, dropped when its window is over. */
export function idempotencyStore(name: string, opts?: pulumi.ComponentResourceOptions): Table<IdempotencyRecord> {
  return new Table<IdempotencyRecord>(name, { key: "id", expires: "expiresAt", version: "version" }, opts);
}

/** The four roles must be played by four attributes, whose names every cloud can store. */
function attributeFaults(args: { readonly [Role in "key" | "sort" | "expires" | "version"]?: string }): Problem[] {
  const roles = (["key", "sort", "expires", "version"] as const).flatMap((role) => {
    const name = args[role];
    return name === undefined ? [] : [{ role, name }];
  });
  return roles.flatMap(({ role, name }, index): Problem[] => {
    const twin = roles.slice(0, index).find((other) => other.name === name);
    if (twin) {
      return [
        {
          code: "SB-C004",
          fact: `${role}="${name}" is the ${twin.role} attribute already`,
          wayOut: "give each role an attribute of its own",
        },
      ];
    }
    if (/^[A-Za-z][A-Za-z0-9_]{0,99}$/.test(name)) return [];
    const fact = `${role}="${name}" cannot be an attribute's name on every cloud`;
    return [
      { code: "SB-C004", fact, wayOut: "use letters, digits and _, starting with a letter, at most 100 characters" },
    ];
  });
}
