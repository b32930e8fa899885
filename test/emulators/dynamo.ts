/** Tables of DynamoDB, as deployed, and their streams. */
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { TableLayout } from "../../runtime/table";
import { named } from "./gcp-world";

/** A table of the layout; resolves to its name. */
export async function table({ key, sort }: TableLayout): Promise<string> {
  const client = new DynamoDBClient({});
  const parts = sort === undefined ? [key] : [key, sort];
  const { TableDescription } = await client.send(
    new CreateTableCommand({
      TableName: named("table"),
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: parts.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      KeySchema: parts.map((AttributeName, at) => ({ AttributeName, KeyType: at === 0 ? "HASH" : "RANGE" })),
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    }),
  );
  client.destroy();
  return TableDescription?.TableName ?? "";
}
