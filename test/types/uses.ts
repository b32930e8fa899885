/**
 * Programs that the compiler must refuse, one a line: `tsc` fails on an unused `@ts-expect-error`, so each of them is
 * tested by the type check. Nothing here runs.
 */
import * as z from "zod/mini";
import { code, HttpApi, QueueWorker, Secret, Table } from "../../components";
import { Note } from "../fixtures/contracts";

const Other = z.object({ size: z.number() });
const notes = new Table<Note>("notes", { key: "id" });
const others = new Table<{ id: string; size: number }>("others", { key: "id" });
const key = new Secret("key");
const noteWorker = code<typeof import("../fixtures/note-worker")>(__dirname, "../fixtures/note-worker");
const noteRoute = code<typeof import("../fixtures/note-route")>(__dirname, "../fixtures/note-route");
const quiet = code<typeof import("../fixtures/quiet-worker")>(__dirname, "../fixtures/quiet-worker");

// What is right compiles.
const worker = new QueueWorker("a", { message: Note, handler: noteWorker, uses: { notes: notes.readWriter() } });
new QueueWorker("b", { message: Note, handler: quiet });
new HttpApi("c", {
  routes: { "GET /notes/{id}": { auth: "none", handler: noteRoute, uses: { notes: notes.reader() } } },
});

// @ts-expect-error a grant is missing
new QueueWorker("d", { message: Note, handler: noteWorker });
// @ts-expect-error a weaker grant than the handler asks for
new QueueWorker("e", { message: Note, handler: noteWorker, uses: { notes: notes.reader() } });
new HttpApi("f", {
  // @ts-expect-error a stronger grant than the handler asks for
  routes: { "GET /notes/{id}": { auth: "none", handler: noteRoute, uses: { notes: notes.readWriter() } } },
});
// @ts-expect-error a grant on a table of other items
new QueueWorker("g", { message: Note, handler: noteWorker, uses: { notes: others.readWriter() } });
// @ts-expect-error a grant that the handler does not ask for
new QueueWorker("h", { message: Note, handler: quiet, uses: { notes: notes.readWriter() } });
// @ts-expect-error a queue where a table is asked for
new QueueWorker("i", { message: Note, handler: noteWorker, uses: { notes: worker.sender() } });
new HttpApi("j", {
  // @ts-expect-error the route has no such path parameter
  routes: { "GET /notes/{name}": { auth: "none", handler: noteRoute, uses: { notes: notes.reader() } } },
});
// @ts-expect-error a route says who may call
new HttpApi("k", { routes: { "GET /notes/{id}": { handler: noteRoute, uses: { notes: notes.reader() } } } });
new HttpApi("l", {
  // @ts-expect-error a secret where a table is asked for
  routes: { "GET /notes/{id}": { auth: "none", handler: noteRoute, uses: { notes: key.reader() } } },
});
// @ts-expect-error the key is no attribute of the item
new Table<Note>("m", { key: "name" });
// @ts-expect-error the expiry must be a number
new Table<Note>("n", { key: "id", expires: "text" });
// @ts-expect-error no duration
new QueueWorker("o", { message: Note, handler: quiet, timeout: "soon" });
// @ts-expect-error the module has no such handler
code<typeof import("../fixtures/quiet-worker")>(__dirname, "../fixtures/quiet-worker", "run");
// @ts-expect-error the handler takes other messages than the worker's schema gives
new QueueWorker("p", { message: Other, handler: quiet });
// @ts-expect-error an unknown child in a transform
new QueueWorker("q", { message: Note, handler: quiet, transform: { local: { bucket: (args: object) => args } } });
