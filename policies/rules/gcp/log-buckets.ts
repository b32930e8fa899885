import { isUnknown, known, valueAt } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { minimumDays } from "../../settings";
import { isRetained, list, perStack } from "../expect";

/** What Cloud Logging has at every level: for projects, for what they lie in, and for who pays for them. */
const atEveryLevel = (kind: string) =>
  ["project", "folder", "organization", "billingAccount"].map(
    (of) => `gcp:logging/${of}${kind}:${of[0]?.toUpperCase()}${of.slice(1)}${kind}`,
  );
export const bucketTypes = atEveryLevel("BucketConfig");
export const sinkTypes = atEveryLevel("Sink");
const exclusionTypes = atEveryLevel("Exclusion");

/** A log bucket of the stack, with what is let into it; no sink for `_Default` where the stack does not set the project's own. */
export interface Fed {
  readonly bucket: ResourceView;
  readonly sink: ResourceView | undefined;
  /** What stands beside the sink and leaves logs out. */
  readonly exclusions: readonly ResourceView[];
}

/** Log buckets of the stack that logs reach: `_Default` itself, or those that a sink routes to. */
export const fedBuckets = perStack((stack: StackView): readonly Fed[] =>
  stack.ofType(...bucketTypes).flatMap((bucket): Fed[] => {
    const id = known(bucket.props, "bucketId");
    if (id.state === "value" && id.value === "_Default") {
      const sink = stack.ofType(...sinkTypes).find(({ props }) => valueAt(props, "name") === "_Default");
      if (sink && valueAt(sink.props, "disabled") === true) return [];
      return [{ bucket, sink, exclusions: stack.ofType(...exclusionTypes) }];
    }
    const isTarget = (sink: ResourceView) => {
      if (valueAt(sink.props, "disabled") === true) return false;
      if (stack.dependencies(sink, "destination").includes(bucket)) return true;
      const destination = valueAt(sink.props, "destination");
      return (
        typeof destination === "string" && id.state === "value" && destination.endsWith(`/buckets/${String(id.value)}`)
      );
    };
    return stack
      .ofType(...sinkTypes)
      .filter(isTarget)
      .map((sink) => ({ bucket, sink, exclusions: [] }));
  }),
);

const cloudRun = "cloud_run_revision";
/** What Cloud Logging calls the resource that a log entry is of. */
const monitored: Readonly<Record<string, string>> = {
  "gcp:cloudfunctionsv2/function:Function": cloudRun,
  "gcp:cloudfunctions/function:Function": "cloud_function",
  "gcp:cloudrunv2/service:Service": cloudRun,
  "gcp:cloudrun/service:Service": cloudRun,
  "gcp:cloudrunv2/job:Job": "cloud_run_job",
  "gcp:cloudrunv2/workerPool:WorkerPool": "cloud_run_worker_pool",
  "gcp:workflows/workflow:Workflow": "workflows.googleapis.com/Workflow",
  "gcp:apigateway/gateway:Gateway": "apigateway.googleapis.com/Gateway",
  "gcp:compute/backendService:BackendService": "http_load_balancer",
  "gcp:compute/regionBackendService:RegionBackendService": "http",
};

type Passes = "yes" | "no" | "unknown";

/** Whether a sink lets through all that a kind of resource logs. Filters of anything else than kinds are taken as they are. */
function lets({ sink, exclusions: beside }: Fed, kind: string): Passes {
  const filter = known(sink?.props, "filter");
  const exclusions = known(sink?.props, "exclusions");
  if (filter.state === "unknown" || exclusions.state === "unknown") return "unknown";
  const text = filter.state === "value" ? String(filter.value) : "";
  // What is audited is not what a program says.
  if (!text.includes(kind) && text.includes("cloudaudit.googleapis.com")) return "no";
  if (partial.test(text) || (mentions(text, "") > mentions(text, "not") && !text.includes(kind))) return "no";
  if (text.includes(kind) && mentions(text, "") === mentions(text, "not")) return "no";
  const own = list(exclusions.state === "value" ? exclusions.value : []);
  const excluding = [...own, ...beside.map(({ props }) => props)].filter((one) => valueAt(one, "disabled") !== true);
  if (excluding.some((one) => isUnknown(one) || known(one, "filter").state === "unknown")) return "unknown";
  const excludes = (one: unknown) => {
    const what = String(valueAt(one, "filter") ?? "");
    return !/resource\.type/i.test(what) || what.includes(kind);
  };
  return excluding.some(excludes) ? "no" : "yes";
}

/** How often a filter speaks of kinds at all, or of what it leaves out. */
const mentions = (filter: string, how: "" | "not") =>
  (filter.match(how === "not" ? /(-|\bNOT\s+)resource\.type\b/g : /\bresource\.type\b/g) ?? []).length;

/** By severity or by chance: access logs and most of what a program says are lost. */
const partial = /\bseverity\b|\bsample\s*\(/i;

export function routed(resource: ResourceView, stack: StackView): Finding {
  const kind = monitored[resource.type] ?? "";
  const kept = fedBuckets(stack).map((fed) => {
    const days = known(fed.bucket.props, "retentionDays");
    const through = lets(fed, kind);
    if (through === "no" || days.state === "absent") return "no";
    if (days.state === "value" && !isRetained(days.value, stack)) return "no";
    return through === "unknown" || days.state === "unknown" ? "unknown" : "yes";
  });
  if (kept.includes("yes")) return pass("its logs reach a bucket that keeps them");
  return kept.includes("unknown")
    ? undetermined("how long its logs are kept is known after deployment only")
    : fail(`its logs are kept for 30 days: configure _Default, or a sink to a bucket of ${minimumDays(stack)} days`);
}
