import { AdminClient } from "../../local/admin-client";
import { UsageError } from "../failure";
import type { Stack } from "../project";
import type { DeadLetterBox, Held } from "./box";

/** Dead letters in the running local cloud: nothing has to be held, since it has one operator. */
export async function localBox(stack: Stack, component: string): Promise<DeadLetterBox> {
  const client = await AdminClient.connect();
  const queue = `${stack.name}-${component}`;
  const names = (await client.stats()).queues.map(({ name }) => name);
  if (!names.includes(queue)) {
    const here = names
      .filter((name) => name.startsWith(`${stack.name}-`))
      .map((name) => name.slice(stack.name.length + 1));
    throw new UsageError(
      `${stack.name} has no worker ${JSON.stringify(component)} in the running local cloud`,
      here.length > 0 ? `choose one of ${here.join(", ")}` : `start it with npm start -- ${stack.name}`,
    );
  }
  const take = async (): Promise<readonly Held[]> => {
    const { deadLetters } = await client.deadLetters(queue, { payload: true });
    return deadLetters.map(({ id, body = "", bytes: _, key, ...rest }): Held => {
      let here = true;
      return {
        letter: { ...rest, id, body, traceparent: rest.traceparent, key },
        sendBack: async () => {
          here = (await client.redrive(queue, [id])) === 0;
        },
        // Sending back takes it out of the dead letters in the same step.
        remove: async () => {
          if (here) await client.purge(queue, [id]);
        },
        giveBack: async () => undefined,
      };
    });
  };
  return { component, take, defaultRate: undefined };
}
