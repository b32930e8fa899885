import assert from "node:assert/strict";
import { controls, exempt, readLedger, type Verdict } from "../../policies";

const entry = {
  control: "ENC-01",
  resource: "aws:sqs/queue:Queue::orders-*",
  stacks: ["orders-aws"],
  owner: "payments@example.com",
  reason: "the key arrives with the next release",
  ticket: "SEC-7",
  expires: "2027-01-31",
};
const ledgerOf = (...entries: unknown[]) =>
  readLedger(JSON.stringify({ exemptions: entries }, undefined, 1), "exemptions.yaml", controls);
const urn = (name: string) => `urn:pulumi:orders-aws::shop::blueprints:index:QueueWorker$aws:sqs/queue:Queue::${name}`;
const finding = (name: string, verdict: Verdict["verdict"] = "fail", control = "ENC-01"): Verdict => ({
  control,
  urn: urn(name),
  verdict,
  message: "no key",
});
const options = { stack: "orders-aws", controls, now: new Date("2026-11-23T10:00:00Z") };
const exemptedIn = (verdicts: readonly Verdict[]) =>
  verdicts.filter(({ exemption }) => exemption).map((one) => one.urn.split("::").pop());

describe("exemptions", () => {
  it("mark the findings of their control, resources and stacks, and nothing else", () => {
    const { verdicts, problems } = exempt(
      ledgerOf(entry),
      [
        finding("orders-in"),
        finding("orders-dlq", "undetermined"),
        finding("orders-fine", "pass"),
        finding("bills-in"),
        finding("orders-in", "fail", "RES-01"),
      ],
      options,
    );
    assert.deepEqual(exemptedIn(verdicts), ["orders-in", "orders-dlq"]);
    assert.deepEqual(verdicts[0]?.exemption, {
      owner: entry.owner,
      reason: entry.reason,
      ticket: entry.ticket,
      expires: entry.expires,
    });
    assert.deepEqual(problems, []);
    const elsewhere = exempt(ledgerOf(entry), [finding("orders-in")], { ...options, stack: "orders-aws-eu" });
    assert.deepEqual([exemptedIn(elsewhere.verdicts), elsewhere.problems], [[], []]);
  });

  it("read every character but * as itself", () => {
    const dotted = ledgerOf({ ...entry, resource: "aws:sqs/queue:Queue::orders.in" });
    assert.deepEqual(exemptedIn(exempt(dotted, [finding("orders-in")], options).verdicts), []);
  });

  it("hold through their last day, and then are named and hide nothing", () => {
    const on = (day: string) => exempt(ledgerOf(entry), [finding("orders-in")], { ...options, now: new Date(day) });
    assert.deepEqual(on("2027-01-31T23:59:59Z").problems, []);
    const after = on("2027-02-01T00:00:00Z");
    assert.deepEqual(exemptedIn(after.verdicts), []);
    assert.match(after.problems.join(), /exemptions\.yaml:3: .*payments@example\.com.*ENC-01.*expired on 2027-01-31/);
  });

  it("that cover no finding are named, unless their control was not judged", () => {
    const passing = [finding("orders-in", "pass")];
    assert.match(exempt(ledgerOf(entry), passing, options).problems.join(), /covers no finding of orders-aws/);
    assert.deepEqual(exempt(ledgerOf(entry), passing, { ...options, controls: [] }).problems, []);
  });

  it("last a year at most", () => {
    const long = exempt(ledgerOf({ ...entry, expires: "2027-11-26" }), [finding("orders-in")], options);
    assert.deepEqual(exemptedIn(long.verdicts), []);
    assert.match(long.problems.join(), /more than 366 days/);
  });

  for (const [name, wrong, said] of [
    ["nobody owns", { owner: undefined }, /:3: owner must be a text/],
    ["have no reason", { reason: "  " }, /reason is empty/],
    ["have no ticket", { ticket: undefined }, /ticket must be a text/],
    ["have no end", { expires: "never" }, /expires must be a day/],
    ["end on no day", { expires: "2027-02-30" }, /expires must be a day/],
    ["hold in no stack", { stacks: [] }, /stacks is empty/],
    ["name no control", { control: "ENC-99" }, /there is no control ENC-99/],
    ["would hide every resource", { resource: "aws:sqs/queue:Queue::*" }, /too broad/],
    ["would hide every type", { resource: "*::orders-in" }, /too broad/],
    ["would hide almost every name", { resource: "aws:sqs/queue:Queue::o*" }, /too broad/],
    ["name no type", { resource: "orders-in" }, /must be <type>::<name>/],
    ["hold in a pattern of stacks", { stacks: ["orders-*"] }, /stacks are named in full/],
    ["have a misspelled key", { expire: "2027-01-01" }, /unknown keys: expire/],
  ] as const)
    it(`that ${name} exempt nothing and are named`, () => {
      const ledger = ledgerOf({ ...entry, ...wrong });
      assert.match(ledger.problems.join("\n"), said);
      const { verdicts, problems } = exempt(ledger, [finding("orders-in")], options);
      assert.deepEqual(exemptedIn(verdicts), []);
      assert.deepEqual(problems, ledger.problems);
    });

  it("that are there twice are named", () => {
    const ledger = ledgerOf(entry, { ...entry, stacks: ["bills-aws", "orders-aws"], owner: "bills@example.com" });
    assert.match(ledger.problems.join(), /:\d+: it repeats the entry of line 3/);
    assert.deepEqual(ledgerOf(entry, { ...entry, finding: "no key" }).problems, []);
  });

  it("of one finding cover it while it is that, to the word, and nothing that comes later", () => {
    const named = ledgerOf({ ...entry, finding: "no key" });
    assert.deepEqual(exemptedIn(exempt(named, [finding("orders-in")], options).verdicts), ["orders-in"]);
    const worse = exempt(named, [{ ...finding("orders-in"), message: "no key; anyone may read it" }], options);
    assert.deepEqual(exemptedIn(worse.verdicts), []);
    assert.match(worse.problems.join(), /covers no finding of orders-aws/);
  });

  it("are read from a file of one list, or refused by its line", () => {
    for (const nothing of ["", "exemptions:\n", "exemptions: []\n"])
      assert.deepEqual(readLedger(nothing, "e.yaml", controls).entries, []);
    assert.throws(
      () => readLedger("exemptions: [*none]", "e.yaml", controls),
      /aliases that cannot be resolved|no valid YAML/,
    );
    assert.throws(() => readLedger("exemptions: [", "e.yaml", controls), /e\.yaml:1 is no valid YAML/);
    assert.throws(() => readLedger("- a", "e.yaml", controls), /must have one key, exemptions/);
  });
});
