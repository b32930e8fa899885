// What exists "in the cloud": one file a resource in the folder SB_STANDIN_STATE, so that tests see what is there, whichever
// provider process made it. Beside it, `fail.json` orders failures.
const { createHash } = require("node:crypto");
const { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const state = process.env.SB_STANDIN_STATE;
const short = (text) => createHash("sha256").update(text).digest("hex").slice(0, 20);
const fileOf = (urn, id) => join(state, `${short(urn)}-${short(id)}.json`);
const typeOf = (urn) => urn.split("::")[2].split("$").pop();
const nameOf = (urn) => urn.split("::")[3];

/** How many resources of this URN exist: two while one replaces the other. */
function countOf(urn) {
  return existsSync(state) ? readdirSync(state).filter((file) => file.startsWith(`${short(urn)}-`)).length : 0;
}

const exists = (urn, id) => existsSync(fileOf(urn, id));

function put(urn, id, inputs) {
  mkdirSync(state, { recursive: true });
  writeFileSync(fileOf(urn, id), JSON.stringify({ type: typeOf(urn), name: nameOf(urn), id, inputs }));
}

/** What is gone already counts as deleted, as in every cloud. */
const remove = (urn, id) => rmSync(fileOf(urn, id), { force: true });

/**
 * The message of the failure that a test ordered for this operation, as often as it says: `fail.json` holds
 * `[{ type, name?, operation: "create" | "update" | "delete", times, message }]`.
 */
function ordered(operation, urn) {
  const file = join(state, "..", "fail.json");
  if (!existsSync(file)) return undefined;
  const orders = JSON.parse(readFileSync(file, "utf8"));
  const order = orders.find(
    (one) =>
      one.operation === operation &&
      one.type === typeOf(urn) &&
      (one.name ?? nameOf(urn)) === nameOf(urn) &&
      one.times > 0,
  );
  if (!order) return undefined;
  order.times--;
  writeFileSync(file, JSON.stringify(orders));
  return order.message;
}

module.exports = { countOf, exists, nameOf, ordered, put, remove, typeOf };
