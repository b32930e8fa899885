import assert from "node:assert/strict";
import { code, QueueWorker, type QueueWorkerArgs } from "../../../components";
import type {} from "../../../components/aws";
import { Note } from "../../fixtures/contracts";
import { registered } from "../../support/plan";
import { deployed, inputs, statements } from "./support";

const handler = code<typeof import("../../fixtures/quiet-worker")>(__dirname, "../../fixtures/quiet-worker");
type Options = Partial<QueueWorkerArgs<typeof Note, typeof handler>>;
const alarmEmail = "operations@example.com";
const workers = (config: Record<string, string>, transform?: Options["transform"]) =>
  deployed(() => {
    for (const name of ["write", "read"])
      new QueueWorker(name, { message: Note, handler, ...(transform && { transform }) } as never);
  }, config);
const ofType = (run: Awaited<ReturnType<typeof workers>>, type: string) =>
  run.resources.filter((one) => one.type === type).map(({ name }) => name);

describe("dead-letter alarms on aws", () => {
  it("write to one address by one topic a stack, an alarm a dead-letter queue", async () => {
    const run = await workers({ alarmEmail });
    assert.deepEqual(ofType(run, "aws:sns/topic:Topic"), ["foundation-alarms"]);
    assert.deepEqual(ofType(run, "aws:cloudwatch/metricAlarm:MetricAlarm").sort(), ["read-dlq", "write-dlq"]);
    const alarm = inputs(run, "aws:cloudwatch/metricAlarm:MetricAlarm", "write-dlq");
    assert.equal(alarm.metricName, "ApproximateNumberOfMessagesVisible");
    assert.deepEqual(alarm.dimensions, { QueueName: "write-dlq" });
    assert.deepEqual([alarm.comparisonOperator, alarm.threshold], ["GreaterThanThreshold", 0]);
    assert.match(String(alarm.alarmActions), /^arn:aws:sns:.*:foundation-alarms$/);
    const subscription = inputs(run, "aws:sns/topicSubscription:TopicSubscription", "foundation-alarms");
    assert.deepEqual([subscription.protocol, subscription.endpoint], ["email", alarmEmail]);
  });

  it("are the only ones that may publish, by TLS and from this account", async () => {
    const run = await workers({ alarmEmail });
    const [allow, deny] = statements(inputs(run, "aws:sns/topicPolicy:TopicPolicy", "foundation-alarms").policy);
    assert.deepEqual(allow?.Principal, { Service: "cloudwatch.amazonaws.com" });
    assert.match(JSON.stringify(allow?.Condition), /"StringEquals":\{"aws:SourceAccount":"\d{12}"\}/);
    assert.deepEqual([deny?.Effect, deny?.Condition], ["Deny", { Bool: { "aws:SecureTransport": "false" } }]);
  });

  for (const [dataClass, statementsOfData] of [
    ["confidential", true],
    ["internal", false],
  ] as const)
    it(`may use a key as ${dataClass}, since none of SNS's own lets them in`, async () => {
      const run = await workers({ alarmEmail, dataClass });
      const { kmsMasterKeyId } = inputs(run, "aws:sns/topic:Topic", "foundation-alarms");
      assert.match(String(kmsMasterKeyId), /^arn:aws:kms:/);
      const key = statements(inputs(run, "aws:kms/keyPolicy:KeyPolicy", "foundation-key").policy);
      const alarms = key.find(({ Sid }) => Sid === "Alarms");
      assert.deepEqual(alarms?.Principal, { Service: "cloudwatch.amazonaws.com" });
      assert.match(JSON.stringify(alarms?.Condition), /aws:SourceAccount/);
      assert.equal(
        key.some(({ Sid }) => Sid === "Logs"),
        statementsOfData,
      );
    });

  it("are none without an address, as the contract says", async () => {
    const run = await workers({});
    assert.deepEqual(ofType(run, "aws:cloudwatch/metricAlarm:MetricAlarm"), []);
    assert.deepEqual(ofType(run, "aws:sns/topic:Topic"), []);
    const row = registered(run, "write").contract.find(({ property }) => property === "deadLetter.alarm");
    assert.equal(row?.asked, "none asked");
    const key = statements(inputs(run, "aws:kms/keyPolicy:KeyPolicy", "foundation-key").policy);
    assert.ok(!key.some(({ Sid }) => Sid === "Alarms"));
  });

  it("can be transformed", async () => {
    const run = await workers({ alarmEmail }, { aws: { alarm: (args) => ({ ...args, threshold: 10 }) } });
    assert.equal(inputs(run, "aws:cloudwatch/metricAlarm:MetricAlarm", "write-dlq").threshold, 10);
  });
});
