import assert from "node:assert/strict";
import { code, QueueWorker } from "../../../components";
import type {} from "../../../components/gcp";
import { Note } from "../../fixtures/contracts";
import { inputsOf, registered } from "../../support/plan";
import { deployed } from "./support";

const handler = code<typeof import("../../fixtures/quiet-worker")>(__dirname, "../../fixtures/quiet-worker");
const alarmEmail = "operations@example.com";
const workers = (config: Record<string, string>, options: object = {}) =>
  deployed(() => {
    for (const name of ["write", "read"]) new QueueWorker(name, { message: Note, handler, ...options } as never);
  }, config);
const policyType = "gcp:monitoring/alertPolicy:AlertPolicy";
const channelType = "gcp:monitoring/notificationChannel:NotificationChannel";

interface Policy {
  conditions: { conditionThreshold: { filter: string; comparison: string; thresholdValue: number } }[];
  notificationChannels: string[];
}

describe("dead-letter alarms on gcp", () => {
  it("write to one address by one channel a stack, a policy a dead subscription", async () => {
    const run = await workers({ alarmEmail });
    const channels = inputsOf(run, channelType);
    assert.deepEqual(
      channels.map(({ type, labels }) => ({ type, labels })),
      [{ type: "email", labels: { email_address: alarmEmail } }],
    );
    const policies = inputsOf(run, policyType) as unknown as Policy[];
    assert.equal(policies.length, 2);
    for (const [index, name] of ["write", "read"].entries()) {
      const threshold = policies[index]?.conditions[0]?.conditionThreshold;
      assert.match(threshold?.filter ?? "", new RegExp(`subscription_id = "${name}-dead"`));
      assert.match(threshold?.filter ?? "", /subscription\/num_undelivered_messages/);
      assert.deepEqual([threshold?.comparison, threshold?.thresholdValue], ["COMPARISON_GT", 0]);
      assert.equal(policies[index]?.notificationChannels.length, 1);
    }
  });

  it("enable the API that they are an object of", async () => {
    const services = (run: Awaited<ReturnType<typeof workers>>) =>
      inputsOf(run, "gcp:projects/service:Service").map(({ service }) => service);
    assert.ok(services(await workers({ alarmEmail })).includes("monitoring.googleapis.com"));
    assert.ok(!services(await workers({})).includes("monitoring.googleapis.com"));
  });

  it("are none without an address, as the contract says", async () => {
    const run = await workers({});
    assert.deepEqual([...inputsOf(run, policyType), ...inputsOf(run, channelType)], []);
    const row = registered(run, "write").contract.find(({ property }) => property === "deadLetter.alarm");
    assert.deepEqual([row?.asked, row?.given], ["none asked", "none"]);
  });

  it("can be transformed", async () => {
    const transform = { gcp: { alarm: (args: object) => ({ ...args, severity: "CRITICAL" }) } };
    const run = await workers({ alarmEmail }, { transform });
    assert.equal(inputsOf(run, policyType)[0]?.severity, "CRITICAL");
  });
});
