import * as z from "zod/mini";
import { code, durationSetting, HttpApi, idempotencyStore, QueueWorker, Table } from "../../components";
import { AcceptedOrder, OrderRequest, type StoredOrder } from "./contracts";

/** Set in the stack file under `orders:`. */
const settings = z.strictObject({
  /** Deliveries of an order before it is a dead letter. */
  maxDeliveries: z._default(z.int(), 5),
  /** Wait before an order is tried again. */
  backoff: z._default(z.strictObject({ min: durationSetting, max: durationSetting }), {
    min: "10 seconds",
    max: "5 minutes",
  }),
  /** Requests a second that the API lets through, where the gateway can tell. */
  requestsPerSecond: z._default(z.int(), 200),
});

/** Order intake: an API accepts orders, a queue keeps them, a worker stores them once each, a read route answers them. */
function build({ maxDeliveries, backoff, requestsPerSecond }: z.output<typeof settings>) {
  const store = new Table<StoredOrder>("orders", { key: "id", expires: "expiresAt" });
  const fulfil = new QueueWorker("fulfil", {
    message: AcceptedOrder,
    handler: code<typeof import("./handlers/fulfil")>(__dirname, "handlers/fulfil"),
    uses: { store: store.readWriter() },
    idempotency: { by: "id", store: idempotencyStore("seen") },
    timeout: "30 seconds",
    maxDeliveries,
    backoff,
  });
  const api = new HttpApi("api", {
    routes: {
      "POST /orders": {
        auth: "none",
        body: OrderRequest,
        handler: code<typeof import("./handlers/place")>(__dirname, "handlers/place"),
        uses: { queue: fulfil.sender() },
      },
      "GET /orders/{id}": {
        auth: "none",
        handler: code<typeof import("./handlers/read")>(__dirname, "handlers/read"),
        uses: { store: store.reader() },
      },
    },
    throttle: { rate: requestsPerSecond, burst: 2 * requestsPerSecond, required: false },
  });
  return { url: api.url, queue: fulfil.queue, deadLetters: fulfil.deadLetters, table: store.table };
}

export const orders = { settings, build };
