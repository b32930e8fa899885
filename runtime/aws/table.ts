/** A DynamoDB table: attributes at the top level under their own names, reads strongly consistent. */
import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import type { TableReader, TableReadWriter } from "../clients";
import { configured } from "../shape";
import {
  checkPart,
  conflict,
  isLive,
  type Key,
  keyOf,
  prepareWrite,
  queryPage,
  type TableLayout,
  tableShape,
  type Write,
} from "../table";
import { translated } from "./errors";
import { marshal, unmarshal } from "./marshal";

export interface AwsTableConfig extends TableLayout {
  readonly table: string;
}

let client: DynamoDBClient | undefined;
const dynamo = (): DynamoDBClient => {
  client ??= new DynamoDBClient({});
  return client;
};

export function reader<Item>(config: unknown): TableReader<Item> {
  const layout = configured<AwsTableConfig>(config, tableShape({ table: "string" }));
  return {
    get: async (key) => {
      const command = new GetItemCommand({
        TableName: layout.table,
        Key: nativeKey(layout, keyOf(layout, key)),
        ConsistentRead: true,
      });
      const { Item } = await translated(dynamo().send(command));
      const row = Item && unmarshal(Item);
      return row !== undefined && isLive(layout, row) ? (row as Item) : undefined;
    },
    query: (partition, options = {}) =>
      queryPage(layout, options, async ({ after, count, descending }) => {
        const beyond = after === undefined ? "" : ` AND #s ${descending ? "<" : ">"} :a`;
        const command = new QueryCommand({
          TableName: layout.table,
          KeyConditionExpression: `#k = :p${beyond}`,
          ExpressionAttributeNames: { "#k": layout.key, ...(after !== undefined && { "#s": layout.sort ?? "" }) },
          ExpressionAttributeValues: {
            ":p": { S: checkPart(layout.key, partition) },
            ...(after !== undefined && { ":a": { S: after } }),
          },
          Limit: count,
          ScanIndexForward: !descending,
          ConsistentRead: true,
        });
        const reply = await translated(dynamo().send(command));
        return { rows: (reply.Items ?? []).map(unmarshal), more: reply.LastEvaluatedKey !== undefined };
      }),
  };
}

export function readWriter<Item>(config: unknown): TableReadWriter<Item> {
  const layout = configured<AwsTableConfig>(config, tableShape({ table: "string" }));
  return {
    ...reader<Item>(config),
    put: async (item, options) => {
      const write = prepareWrite(layout, item, options?.ifAbsent);
      const command = new PutItemCommand({
        TableName: layout.table,
        Item: marshal(write.row),
        ...condition(layout, write),
      });
      try {
        await translated(dynamo().send(command));
      } catch (error) {
        if (error instanceof Error && error.name === "ConditionalCheckFailedException") throw conflict(write);
        throw error;
      }
      return write.row as Item;
    },
    delete: async (key) => {
      const command = new DeleteItemCommand({ TableName: layout.table, Key: nativeKey(layout, keyOf(layout, key)) });
      await translated(dynamo().send(command));
    },
  };
}

function nativeKey(layout: TableLayout, key: Key): Record<string, AttributeValue> {
  const partition = { [layout.key]: { S: key.partition } };
  return layout.sort === undefined || key.sort === undefined
    ? partition
    : { ...partition, [layout.sort]: { S: key.sort } };
}

/** DynamoDB removes expired items late, so each condition says for itself that an expired item is none. */
function condition(layout: TableLayout, write: Write) {
  if (write.expect === "anything") return {};
  const fresh = write.expect === "nothing";
  const names: Record<string, string> = fresh ? { "#k": layout.key } : { "#v": layout.version ?? "" };
  const values: Record<string, AttributeValue> = fresh ? {} : { ":v": { N: String(write.expect.version) } };
  let expression = fresh ? "attribute_not_exists(#k)" : "#v = :v";
  if (layout.expires !== undefined) {
    names["#e"] = layout.expires;
    values[":n"] = { N: String(Math.floor(Date.now() / 1000)) };
    expression += fresh ? " OR #e <= :n" : " AND (attribute_not_exists(#e) OR #e > :n)";
  }
  return {
    ConditionExpression: expression,
    ExpressionAttributeNames: names,
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}
