import { known, valueAt } from "../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { isRetained, minimumRetentionDays, perStack } from "./expect";

export const bucketType = "gcp:logging/projectBucketConfig:ProjectBucketConfig";

const sinkType = "gcp:logging/projectSink:ProjectSink";

/** Log buckets of the stack that logs reach: `_Default` itself, or one that a sink routes to. */
const fedBuckets = perStack((stack: StackView): readonly ResourceView[] =>
  stack.ofType(bucketType).filter((bucket) => {
    const id = known(bucket.props, "bucketId");
    if (id.state === "value" && id.value === "_Default") return true;
    return stack.ofType(sinkType).some((sink) => {
      if (valueAt(sink.props, "disabled") === true) return false;
      if (stack.dependencies(sink, "destination").includes(bucket)) return true;
      const destination = valueAt(sink.props, "destination");
      return (
        typeof destination === "string" && id.state === "value" && destination.endsWith(`/buckets/${String(id.value)}`)
      );
    });
  }),
);

export function routed(_: ResourceView, stack: StackView): Finding {
  const kept = fedBuckets(stack).map(({ props }) => known(props, "retentionDays"));
  if (kept.some((days) => days.state === "value" && isRetained(days.value)))
    return pass("its logs reach a bucket that keeps them");
  return kept.some(({ state }) => state === "unknown")
    ? undetermined("how long its logs are kept is known after deployment only")
    : fail(`its logs are kept for 30 days: configure _Default, or a sink to a bucket of ${minimumRetentionDays} days`);
}
