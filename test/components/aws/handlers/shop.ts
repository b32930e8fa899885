/** One handler of each kind, and clients of each kind: what a program of the event patterns is made of. */
import * as z from "zod/mini";
import {
  type Context,
  type DelayedSender,
  type EventOf,
  type EventPublisher,
  event,
  type Message,
  type ObjectChange,
  type ObjectReader,
  type ObjectReadWriter,
  type ObjectWriter,
  type StreamProducer,
  type StreamRecord,
  type TableChange,
  type Tick,
} from "../../../../runtime";

const Order = z.strictObject({
  orderId: z.string(),
  country: z.enum(["DE", "FR"]),
  total: z.number().check(z.gt(0), z.lt(1000)),
});
export const OrderPlaced = event("com.shop.orders.OrderPlaced.v1", Order, { subject: "orderId", promote: ["total"] });
export const OrderPaid = event("com.shop.orders.OrderPaid.v1", Order, { subject: "orderId" });
export const events = [OrderPlaced, OrderPaid];

export const Click = z.strictObject({ visitor: z.string(), page: z.string() });
type Click = z.output<typeof Click>;
export const schema = Click;

export interface Item {
  readonly id: string;
  readonly version?: number;
}

export async function onOrder(_event: EventOf<typeof OrderPlaced | typeof OrderPaid>): Promise<void> {}
export async function onClicks(_records: readonly StreamRecord<Click>[]): Promise<void> {}
export async function onObject(_change: ObjectChange): Promise<void> {}
export async function onItem(_change: TableChange<Item>): Promise<void> {}
export async function onTick(_tick: Tick): Promise<void> {}
export async function onMessage(_messages: readonly Message<Click>[]): Promise<void> {}

interface Uses {
  clicks: StreamProducer<Click>;
  images: ObjectReadWriter;
  inbox: ObjectReader;
  later: DelayedSender<Click>;
  orders: EventPublisher<typeof OrderPlaced>;
  outbox: ObjectWriter;
}
export async function onEverything(_tick: Tick, _ctx: Context<Uses>): Promise<void> {}
