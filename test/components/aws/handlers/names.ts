import type { Context, Message, SecretReader, TableReader } from "../../../../runtime";
import { Note } from "../../../fixtures/contracts";

/** Asks for clients under the names of a function's own policies. */
interface Uses {
  platform: TableReader<Note>;
  own: TableReader<Note>;
  idempotency: SecretReader;
}

export const schema = Note;
export async function handler(_messages: readonly Message<Note>[], _ctx: Context<Uses>): Promise<void> {}
