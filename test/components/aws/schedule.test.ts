import assert from "node:assert/strict";
import { code, idempotencyStore, Schedule, type ScheduleArgs } from "../../../components";
import type {} from "../../../components/aws";
import { cronExpression } from "../../../components/aws/schedule";
import { parseCron } from "../../../components/core/cron";
import { registered } from "../../support/plan";
import { refusal } from "../../support/refusal";
import { deployed, environment, inputs, permissions, statements } from "./support";

type Shop = typeof import("./handlers/shop");
const onTick = code<Shop, "onTick">(__dirname, "handlers/shop", "onTick");
const schedule = (args: Partial<ScheduleArgs<Shop["onTick"]>> = {}) =>
  deployed(() => void new Schedule("nightly", { cron: "30 3 * * 1-5", handler: onTick, ...args }));

describe("Schedule on aws", () => {
  it("says every portable expression in AWS's own six fields", () => {
    const aws = (cron: string) => {
      const fields = parseCron(cron);
      assert.ok(!("problem" in fields), cron);
      return cronExpression(fields);
    };
    for (const [cron, expected] of [
      ["* * * * *", "cron(* * * * ? *)"],
      ["0 3 * * 0", "cron(0 3 ? * SUN *)"],
      ["30 3 * * 1-5", "cron(30 3 ? * MON,TUE,WED,THU,FRI *)"],
      ["0 0 * * */2", "cron(0 0 ? * SUN,TUE,THU,SAT *)"],
      ["0 0 * * mon,Sat", "cron(0 0 ? * MON,SAT *)"],
      ["*/15 8-18 * * *", "cron(0/15 8-18 * * ? *)"],
      ["0 */6 1 jan-jun *", "cron(0 0/6 1 JAN-JUN ? *)"],
      ["10-50/20 0 * * *", "cron(10,30,50 0 * * ? *)"],
      ["0 0 */10 */3 *", "cron(0 0 1/10 1/3 ? *)"],
      ["0 0 1,15 feb-oct/4 *", "cron(0 0 1,15 FEB,JUN,OCT ? *)"],
      ["0,5-15/5 0 * * *", "cron(0,5,10,15 0 * * ? *)"],
    ] as const)
      assert.equal(aws(cron), expected, cron);
  });

  it("fires at the minute, in its time zone, into a queue of its own, and tries for a day", async () => {
    const made = inputs(await schedule({ timeZone: "Europe/Berlin" }), "aws:scheduler/schedule:Schedule", "nightly");
    assert.deepEqual(
      [made.scheduleExpression, made.scheduleExpressionTimezone, made.flexibleTimeWindow],
      ["cron(30 3 ? * MON,TUE,WED,THU,FRI *)", "Europe/Berlin", { mode: "OFF" }],
    );
    assert.deepEqual(made.target, {
      arn: "arn:aws:sqs:eu-central-1:123456789012:nightly",
      roleArn: "arn:aws:iam::123456789012:role/nightly-schedule",
      input: '{"scheduledFor":"<aws.scheduler.scheduled-time>"}',
      deadLetterConfig: { arn: "arn:aws:sqs:eu-central-1:123456789012:nightly-dlq" },
      retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
    });
  });

  it("sends by a role that only the scheduler of this account takes, and that may send to the two queues only", async () => {
    const result = await schedule();
    const [trust] = statements(inputs(result, "aws:iam/role:Role", "nightly-schedule").assumeRolePolicy);
    assert.deepEqual(
      [trust?.Principal, trust?.Condition],
      [
        { Service: "scheduler.amazonaws.com" },
        {
          StringEquals: {
            "aws:SourceAccount": "123456789012",
            "aws:SourceArn": "arn:aws:scheduler:eu-central-1:123456789012:schedule-group/default",
          },
        },
      ],
    );
    const lines = (permissions(result)["nightly-schedule"] ?? []).filter((line) => !line.startsWith("kms:"));
    assert.deepEqual(lines, ["sqs:SendMessage nightly", "sqs:SendMessage nightly-dlq"]);
    const grants = registered(result, "nightly").grants.map(({ from, to, operations }) => [from, to, operations]);
    assert.ok(grants.some((grant) => JSON.stringify(grant) === '["nightly-schedule","nightly",["send"]]'));
    const made = result.resources.find(({ type }) => type === "aws:scheduler/schedule:Schedule");
    const policy = result.resources.find(({ name }) => name === "nightly-schedule-send");
    assert.ok(
      policy && made?.dependencies.includes(policy.urn),
      "a schedule without its permission loses its first run",
    );
  });

  it("is encrypted with the stack's key, which its role may use through the scheduler", async () => {
    const result = await schedule();
    const made = inputs(result, "aws:scheduler/schedule:Schedule", "nightly");
    assert.match(String(made.kmsKeyArn), /^arn:aws:kms:/);
    const { policy } = inputs(result, "aws:iam/rolePolicy:RolePolicy", "nightly-schedule-send");
    const use = statements(policy).find((one) => JSON.stringify(one.Condition ?? {}).includes('"scheduler.'));
    assert.deepEqual(use?.Action, ["kms:Decrypt"]);
  });

  it("tells the adapter when it runs, and leaves out runs while one works", async () => {
    const settings = environment(await schedule(), "nightly-fn").SB_SETTINGS as Record<string, unknown>;
    assert.deepEqual([settings.cron, settings.timeZone, settings.idempotency], ["30 3 * * 1-5", "UTC", undefined]);
    const skipping = await deployed(() => {
      const overlap = { skip: idempotencyStore("running") };
      new Schedule("nightly", { cron: "* * * * *", handler: onTick, overlap });
    });
    const { idempotency } = environment(skipping, "nightly-fn").SB_SETTINGS as Record<string, unknown>;
    assert.deepEqual(idempotency, { by: "@component", windowSeconds: 0 });
    const row = registered(skipping, "nightly").contract.find(({ property }) => property === "overlap");
    assert.equal(row?.how, "emulated");
  });

  it("refuses what takes more room than AWS has for an expression", async () => {
    const { problems } = await refusal(schedule({ cron: "0-59/1 0-23/1 1-31/1 * *" }));
    assert.deepEqual(
      [problems.map(({ code }) => code), /characters/.test(problems[0]?.fact ?? "")],
      [["SB-C003"], true],
    );
  });
});
