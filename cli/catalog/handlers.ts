/** Handlers of the smallest kind, for the programs of `features.ts`: what is looked at there is the component, not its code. */
import * as z from "zod/mini";
import {
  type EventOf,
  event,
  type Message,
  type ObjectChange,
  type StreamRecord,
  type TableChange,
  type Tick,
} from "../../runtime";

export const Item = z.object({ id: z.string(), group: z.string(), size: z.number() });
export type Item = z.output<typeof Item>;

export const ItemMade = event("com.shop.catalog.ItemMade.v1", Item, { subject: "id", promote: ["size"] });

export const schema = Item;
export const events = [ItemMade];

export async function onMessage(_messages: readonly Message<Item>[]): Promise<void> {}
export async function onEvent(_event: EventOf<typeof ItemMade>): Promise<void> {}
export async function onRecord(_records: readonly StreamRecord<Item>[]): Promise<void> {}
export async function onObject(_change: ObjectChange): Promise<void> {}
export async function onItem(_change: TableChange<Item>): Promise<void> {}
export async function onTick(_tick: Tick): Promise<void> {}
