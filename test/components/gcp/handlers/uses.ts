import type {
  Context,
  EventPublisher,
  ObjectReader,
  ObjectReadWriter,
  ObjectWriter,
  QueueSender,
  StreamProducer,
  Tick,
} from "../../../../runtime";
import type { Note } from "../../../fixtures/contracts";
import type { Reading, ThingMade, ThingSold } from "../../../fixtures/happenings";

interface Publishing {
  things: EventPublisher<typeof ThingMade>;
  others: EventPublisher<typeof ThingMade | typeof ThingSold>;
}
export async function publishing(_tick: Tick, _ctx: Context<Publishing>): Promise<void> {}

interface Writing {
  readings: StreamProducer<Reading>;
  notes: QueueSender<Note>;
}
export async function writing(_tick: Tick, _ctx: Context<Writing>): Promise<void> {}

interface Storing {
  inbox: ObjectReader;
  outbox: ObjectWriter;
  files: ObjectReadWriter;
}
export async function storing(_tick: Tick, _ctx: Context<Storing>): Promise<void> {}
