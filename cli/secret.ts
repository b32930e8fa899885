/** Sets the value of a secret in the running local cloud. It comes on standard input, so that no shell history keeps it. */
import { AdminClient } from "../local/admin-client";
import { UsageError } from "./failure";
import type { Stack } from "./project";

export async function setSecret(stack: Stack, secret: string, input: NodeJS.ReadStream): Promise<string> {
  const cloud = stack.config["serverless-blueprints:cloud"];
  if (cloud !== "local") {
    throw new UsageError(
      `secrets of ${stack.name} are in the store of ${cloud}`,
      "set the value there; npm run plan shows how",
    );
  }
  if (input.isTTY)
    throw new UsageError(
      "the value comes on standard input",
      `pipe it: printf %s "$VALUE" | npm run secret -- set ${stack.name} ${secret}`,
    );
  const client = await AdminClient.connect();
  const known = (await client.stats()).secrets.map(({ name }) => name);
  const name = `${stack.name}-${secret}`;
  if (!known.includes(name)) {
    const here = known.filter((one) => one.startsWith(`${stack.name}-`)).map((one) => one.slice(stack.name.length + 1));
    throw new UsageError(
      `${stack.name} has no secret ${JSON.stringify(secret)} in the running local cloud`,
      here.length > 0 ? `choose one of ${here.join(", ")}` : "declare one in the blueprint",
    );
  }
  let value = "";
  for await (const chunk of input) value += String(chunk);
  if (value === "") throw new UsageError("the value is empty", "pipe it to this command");
  await client.setSecret(name, value);
  return `${secret} is set.`;
}
