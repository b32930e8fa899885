import * as iam from "@pulumi/aws/iam";
import * as scheduler from "@pulumi/aws/scheduler";
import type * as pulumi from "@pulumi/pulumi";
import type { Realization } from "../core/cloud";
import { emulated, native } from "../core/contract";
import type { CronFields } from "../core/cron";
import { BlueprintError } from "../core/errors";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { ScheduleOutputs, ScheduleSpec } from "../schedule";
import { policyDocument, record, type Statement } from "./access";
import { keyArn, keyReady, keyUse } from "./foundation";
import { retryPolicy } from "./subscription";
import { deliveryRows, type WorkedQueueParts, workedQueue } from "./worked-queue";

/** Parts that a transform can change. */
export interface ScheduleParts extends WorkedQueueParts {
  schedule: scheduler.ScheduleArgs;
  scheduleRole: iam.RoleArgs;
}

/** EventBridge Scheduler: characters of an expression. */
const longestExpression = 256;

export function schedule(self: Pattern<"Schedule">, spec: ScheduleSpec): Realization<ScheduleOutputs> {
  const { site } = self;
  const { cron, timeZone } = spec;
  const shape = shaper(spec.transform?.aws);
  const scheduleExpression = cronExpression(spec.fields);
  if (scheduleExpression.length > longestExpression) {
    const fact = `cron=${JSON.stringify(cron)} takes ${scheduleExpression.length} characters, and EventBridge Scheduler ${longestExpression}`;
    throw new BlueprintError(self.subject, [{ code: "SB-C003", fact, wayOut: "make two schedules of it" }]);
  }
  const worked = workedQueue(self, { spec, settings: { cron, timeZone }, shape });
  const { queue, deadLetterQueue } = worked.nodes;
  const name = `${self.id}-schedule`;
  const role = new iam.Role(
    name,
    shape("scheduleRole", { assumeRolePolicy: trust(queue.arn), tags: { ...site.tags } }),
    self.child(),
  );
  const send: Statement[] = [
    { actions: ["sqs:SendMessage"], resources: [queue.arn, deadLetterQueue.arn] },
    ...keyUse(site, "sqs", ["kms:GenerateDataKey", "kms:Decrypt"]),
    // What the schedule says is encrypted, and read by this role.
    ...keyUse(site, "scheduler", ["kms:Decrypt"]),
  ];
  const cmk = keyArn(site);
  const policy = new iam.RolePolicy(`${name}-send`, { role: role.id, policy: policyDocument(send) }, self.child());
  const schedule = new scheduler.Schedule(
    self.id,
    shape("schedule", {
      scheduleExpression,
      scheduleExpressionTimezone: timeZone,
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: queue.arn,
        roleArn: role.arn,
        input: JSON.stringify({ scheduledFor: "<aws.scheduler.scheduled-time>" }),
        deadLetterConfig: { arn: deadLetterQueue.arn },
        retryPolicy,
      },
      ...(cmk ? { kmsKeyArn: cmk } : {}),
    }),
    self.child({ dependsOn: [policy, ...worked.open, ...keyReady(site)] }),
  );
  return {
    contract: [
      ...deliveryRows(self, spec, "SQS standard queues"),
      native("cron", cron, scheduleExpression, "within the minute", "EventBridge Scheduler cron expressions"),
      native("timeZone", timeZone, timeZone, "with its daylight saving", "EventBridge Scheduler time zones"),
      spec.overlap === "skip"
        ? emulated("overlap", "skip", "skip", "a record in the store says who works", "runtime/suppression.ts")
        : native("overlap", "allow", "allow", "a run begins also while an earlier one works", "EventBridge Scheduler"),
    ],
    grants: [...worked.grants, record(name, self.id, ["send"], send)],
    nodes: { ...worked.nodes, schedule, scheduleRole: role },
    outputs: worked.outputs,
  };
}

/** The scheduler, for schedules of this account's default group alone. */
function trust(queueArn: pulumi.Output<string>): pulumi.Output<string> {
  return queueArn.apply((arn) => {
    const [, partition, , region, account = ""] = arn.split(":");
    return JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "scheduler.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: {
            StringEquals: {
              "aws:SourceAccount": account,
              "aws:SourceArn": `arn:${partition}:scheduler:${region}:${account}:schedule-group/default`,
            },
          },
        },
      ],
    });
  });
}

const days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/**
 * AWS has a sixth field, wants `?` for the day that is not named, and counts the week from 1: days go by name, and steps
 * within ranges, which its documents do not know, as lists.
 */
export function cronExpression({ minute, hour, dayOfMonth, month, dayOfWeek }: CronFields): string {
  const week = dayOfWeek === "*" ? "?" : listOf(dayOfWeek, 0, 6, days).join(",");
  const date = dayOfWeek === "*" ? stepped(dayOfMonth, 1, 31) : "?";
  const months = month.toUpperCase();
  return `cron(${stepped(minute, 0, 59)} ${stepped(hour, 0, 23)} ${date} ${stepped(months, 1, 12)} ${week} *)`;
}

const monthNames = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

function stepped(field: string, first: number, last: number): string {
  if (!field.includes("/")) return field;
  const whole = /^\*\/(\d+)$/.exec(field);
  if (whole) return `${first}/${Number(whole[1])}`;
  return listOf(field, first, last, first === 1 && last === 12 ? ["", ...monthNames] : []).join(",");
}

/** Every value that a field names, in order. */
function listOf(field: string, first: number, last: number, names: readonly string[]): readonly (number | string)[] {
  const value = (text: string) => {
    const named = names.indexOf(text.toUpperCase());
    return named === -1 ? Number(text) : named;
  };
  const found = new Set<number>();
  for (const part of field.split(",")) {
    const [range = "", step = "1"] = part.split("/");
    const [from = "", to = part.includes("/") ? String(last) : from] =
      range === "*" ? [String(first), String(last)] : range.split("-");
    for (let one = value(from); one <= value(to); one += Number(step)) found.add(one);
  }
  return [...found].sort((a, b) => a - b).map((one) => names[one] || one);
}
