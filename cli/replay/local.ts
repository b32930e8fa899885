import { AdminClient } from "../../local/admin-client";
import type { Stack } from "../project";
import { counted, type Replay } from ".";

/** The running local cloud replays by itself, to the one rule. */
export async function replayLocal(stack: Stack, subscription: string, { name, from, to }: Replay): Promise<string> {
  const client = await AdminClient.connect();
  const rule = `${stack.name}-${subscription}`;
  return counted(await client.replay(rule, { name, from: from.getTime(), to: to.getTime() }), { subscription });
}
