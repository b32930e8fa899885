import { Conflict, type TableReadWriter } from "../../../../runtime";
import type { ReservationStatus, Shelf } from "../contracts";

/** What is delivered when a shelf is first asked for. Stand-in for goods-in. */
const delivered = 150;
/** Rounds of reading and writing before the queue's retry takes over. */
const rounds = 8;

/** Decides about a reservation in one write; others who change the shelf at the same time make it look again. */
export async function decide(
  store: TableReadWriter<Shelf>,
  sku: string,
  orderId: string,
  rule: (
    known: ReservationStatus | undefined,
    available: number,
  ) => { readonly status: ReservationStatus; readonly available: number },
): Promise<ReservationStatus> {
  for (let round = 1; ; round++) {
    const shelf = (await store.get(sku)) ?? { sku, available: delivered, reservations: {} };
    const known = shelf.reservations[orderId];
    const { status, available } = rule(known, shelf.available);
    if (status === known) return status;
    try {
      await store.put({ ...shelf, available, reservations: { ...shelf.reservations, [orderId]: status } });
      return status;
    } catch (error) {
      if (!(error instanceof Conflict) || round === rounds) throw error;
    }
  }
}
