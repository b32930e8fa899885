import { code, HttpApi, idempotencyStore, QueueWorker, Secret, Table } from "../../components";
import { Note } from "../fixtures/contracts";
import { conformance } from "./suite";

const worker = code<typeof import("../fixtures/note-worker")>(__dirname, "../fixtures/note-worker");
const route = code<typeof import("../fixtures/note-route")>(__dirname, "../fixtures/note-route");
const health = code<typeof import("../fixtures/health")>(__dirname, "../fixtures/health");
const secretRoute = code<typeof import("../fixtures/secret-route")>(__dirname, "../fixtures/secret-route");

conformance({
  kind: "QueueWorker",
  name: "write",
  program: () => {
    const notes = new Table<Note>("notes", { key: "id" });
    const seen = idempotencyStore("seen");
    new QueueWorker("write", {
      message: Note,
      handler: worker,
      uses: { notes: notes.readWriter() },
      idempotency: { by: "id", store: seen },
      maxConcurrency: 40,
    });
  },
  outputs: ["queue", "deadLetters"],
  properties: [
    ...["timeout", "memory", "maxDeliveries", "retention", "maxMessageBytes", "backoff", "batch", "maxConcurrency"],
    ...["deadLetter.retention", "deadLetter.cause", "idempotency", "ordering", "encryption", "tracing", "logs"],
  ],
  edges: ["write-fn delete+get+put+query notes", "write-fn delete+get+put+query seen"],
});

conformance({
  kind: "HttpApi",
  name: "api",
  program: () => {
    const notes = new Table<Note>("notes", { key: "id" });
    const jwt = { issuer: "https://login.shop.example/", audience: ["notes"], scopes: ["notes.read"] };
    new HttpApi("api", {
      routes: {
        "GET /notes/{id}": { auth: { jwt }, handler: route, uses: { notes: notes.reader() } },
        "GET /health": { auth: "none", handler: health },
      },
      cors: { origins: ["https://shop.example"] },
      throttle: { rate: 50, burst: 100, required: false },
    });
  },
  outputs: ["url"],
  properties: [
    "timeout",
    "memory",
    "maxBodyBytes",
    "auth",
    "validation",
    "cors",
    "throttle",
    "accessLog",
    "errors",
    "gatewayIdentity",
    "encryption",
  ],
  edges: ["api-note-route get+query notes"],
});

conformance({
  kind: "Table",
  name: "notes",
  program: () => {
    new Table<{ id: string; page: string; version?: number; until?: number }>("notes", {
      key: "id",
      sort: "page",
      version: "version",
      expires: "until",
    });
  },
  outputs: ["table"],
  properties: ["key", "sort", "expires", "version", "pointInTimeRecovery", "maxItemBytes", "consistency", "encryption"],
  edges: [],
});

conformance({
  kind: "Secret",
  name: "key",
  program: () => {
    const key = new Secret("key");
    new HttpApi("api", {
      routes: { "GET /length": { auth: "none", handler: secretRoute, uses: { key: key.reader() } } },
    });
  },
  outputs: ["secret"],
  properties: ["value", "rotation", "encryption"],
  edges: [],
});

conformance({
  kind: "Foundation",
  name: "foundation",
  program: () => {
    new Table<Note>("notes", { key: "id" });
  },
  outputs: ["key", "logStore", "dataClass", "audit"],
  properties: ["encryption", "keyRotation", "logs", "tracing", "audit", "protect"],
  edges: [],
});
