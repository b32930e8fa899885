import assert from "node:assert/strict";
import { code, QueueWorker } from "../../../components";
import type {} from "../../../components/azure";
import { Note } from "../../fixtures/contracts";
import { registered } from "../../support/plan";
import { deployed, inputs } from "./support";

const handler = code<typeof import("../../fixtures/quiet-worker")>(__dirname, "../../fixtures/quiet-worker");
const alarmEmail = "operations@example.com";
const workers = (config: Record<string, string>, options: object = {}) =>
  deployed(() => {
    for (const name of ["write", "read"]) new QueueWorker(name, { message: Note, handler, ...options } as never);
  }, config);
type Run = Awaited<ReturnType<typeof workers>>;
const namesOf = (run: Run, kind: string) =>
  run.resources.filter((one) => one.type === `azure-native:monitor:${kind}`).map(({ name }) => name);
const row = (run: Run) => registered(run, "write").contract.find(({ property }) => property === "deadLetter.alarm");

interface Alert {
  scopes: string[];
  criteria: { allOf: { metricName: string; dimensions: object[]; operator: string; threshold: number }[] };
  actions: { actionGroupId: string }[];
}

describe("dead-letter alarms on azure", () => {
  it("write to one address by one action group a stack, an alert a dead-letter queue", async () => {
    const run = await workers({ alarmEmail });
    assert.deepEqual(namesOf(run, "ActionGroup"), ["foundation-alarms"]);
    assert.deepEqual(namesOf(run, "MetricAlert").sort(), ["read-dead", "write-dead"]);
    const group = inputs<{ location: string; emailReceivers: { emailAddress: string }[]; groupShortName: string }>(
      run,
      "ActionGroup",
      "foundation-alarms",
    );
    assert.deepEqual([group.location, group.emailReceivers[0]?.emailAddress], ["global", alarmEmail]);
    assert.ok(group.groupShortName.length <= 12);
    const alert = inputs<Alert>(run, "MetricAlert", "write-dead");
    const [criterion] = alert.criteria.allOf;
    assert.deepEqual(
      [criterion?.metricName, criterion?.operator, criterion?.threshold],
      ["ActiveMessages", "GreaterThan", 0],
    );
    assert.deepEqual(criterion?.dimensions, [{ name: "EntityName", operator: "Include", values: ["write-dead"] }]);
    assert.match(alert.scopes[0] ?? "", /namespaces/);
    assert.match(alert.actions[0]?.actionGroupId ?? "", /alarms/);
    assert.equal(row(run)?.how, "native");
  });

  it("are none without an address, as the contract says", async () => {
    const run = await workers({});
    assert.deepEqual([...namesOf(run, "ActionGroup"), ...namesOf(run, "MetricAlert")], []);
    assert.deepEqual([row(run)?.asked, row(run)?.given], ["none asked", "none"]);
  });

  it("cannot be had in the economy tier, whose metrics do not tell queues apart", async () => {
    const run = await workers({ alarmEmail }, { tier: "economy", maxMessageBytes: 4096 });
    assert.deepEqual(namesOf(run, "MetricAlert"), []);
    assert.equal(row(run)?.how, "unsupported");
  });

  it("can be transformed", async () => {
    const run = await workers(
      { alarmEmail },
      { transform: { azure: { alarm: (args: object) => ({ ...args, severity: 0 }) } } },
    );
    assert.equal(inputs<{ severity: number }>(run, "MetricAlert", "write-dead").severity, 0);
  });
});
