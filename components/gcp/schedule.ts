import * as cloudscheduler from "@pulumi/gcp/cloudscheduler";
import type { Realization } from "../core/cloud";
import { emulated, native } from "../core/contract";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { ScheduleOutputs, ScheduleSpec } from "../schedule";
import { groundOf, nameFor } from "./access";
import { deliveryRows, type WorkedQueueParts, workedQueue } from "./worked-queue";

/** Parts that a transform can change. */
export interface ScheduleParts extends WorkedQueueParts {
  job: cloudscheduler.JobArgs;
}
export interface ScheduleFront {
  job: cloudscheduler.Job;
}

export function schedule(self: Pattern<"Schedule">, spec: ScheduleSpec): Realization<ScheduleOutputs> {
  const { cron, overlap, timeZone } = spec;
  const ground = groundOf(self.site);
  const shape = shaper(spec.transform?.gcp);
  const worked = workedQueue(self, { spec, settings: () => ({ cron, timeZone }), shape });
  const job = new cloudscheduler.Job(
    self.id,
    shape("job", {
      project: ground.project,
      region: ground.region,
      name: nameFor(self, self.id, 63),
      description: `${self.id} of ${self.site.project}/${self.site.stack}`,
      schedule: cron,
      timeZone,
      // Cloud Scheduler publishes by its own account, which may. A deadline is not for messages: one would differ at every preview.
      pubsubTarget: { topicName: worked.nodes.topic.id, attributes: { schedule: self.id } },
      retryConfig: { retryCount: 5, minBackoffDuration: "5s", maxBackoffDuration: "60s" },
    }),
    self.child({ dependsOn: ground.enabled("cloudscheduler") }),
  );
  const docs = "cloud.google.com/scheduler/docs";
  return {
    contract: [
      ...deliveryRows(self, spec),
      native("cron", cron, cron, "at least once for each run", `${docs}/configuring/cron-job-schedules`),
      native("timeZone", timeZone, timeZone, "IANA zones", "cloudscheduler.v1 Job.timeZone"),
      overlap === "skip"
        ? emulated("overlap", "skip", "skip", "a record in the store says who works", "runtime/suppression.ts")
        : native("overlap", "allow", "allow", "a run is a message; several can be handled at once", `${docs}/overview`),
    ],
    grants: worked.grants,
    nodes: { ...worked.nodes, job },
    outputs: worked.outputs,
  };
}
