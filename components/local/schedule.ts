import type { Realization } from "../core/cloud";
import { emulated, native } from "../core/contract";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { ScheduleOutputs, ScheduleSpec } from "../schedule";
import { nameOf } from "./foundation";
import { LocalResource } from "./resource";
import { deliveryRows, source, workedQueue } from "./worked-queue";

export function schedule(self: Pattern<"Schedule">, spec: ScheduleSpec): Realization<ScheduleOutputs> {
  const { cron, timeZone } = spec;
  const shape = shaper(spec.transform?.local);
  const worked = workedQueue(self, { spec, settings: { cron, timeZone }, shape });
  const schedule = new LocalResource(
    "Schedule",
    self.id,
    shape("schedule", { name: nameOf(self.site, self.id), cron, timeZone, queue: worked.queue.name }),
    self.child(),
  );
  const { queue, consumer, outputs, grants } = worked;
  return {
    contract: [
      ...deliveryRows(self, spec),
      native("cron", cron, cron, "a minute in which the process does not run is left out", source),
      native("timeZone", timeZone, timeZone, "by this machine's zone tables", source),
      spec.overlap === "skip"
        ? emulated("overlap", "skip", "skip", "a record in the store says who works", "runtime/suppression.ts")
        : native("overlap", "allow", "allow", "a run begins also while an earlier one works", source),
    ],
    grants,
    nodes: { queue, function: worked.function, consumer, schedule },
    outputs,
  };
}
