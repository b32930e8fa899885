import type { Realization } from "../core/cloud";
import { emulated, native } from "../core/contract";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import type { ObjectTriggerOutputs, ObjectTriggerSpec } from "../object-trigger";
import { ruledQueue, undeliveredRow } from "./subscription";
import { deliveryRows } from "./worked-queue";

/** Longest pattern in characters, unless AWS has raised an account's quota. */
const longestPattern = 2048;
const longestBucketName = "x".repeat(63);

export function objectTrigger(
  self: Pattern<"ObjectTrigger">,
  spec: ObjectTriggerSpec,
): Realization<ObjectTriggerOutputs> {
  const { on, prefix, suffix } = spec;
  const source = spec.bucket.nodes.aws?.bucket;
  if (!source) throw new Error(`the bucket "${spec.bucket.id}" is not one of aws`);
  const exact = keyTests(prefix, suffix);
  const fits = patternOf(spec, exact, longestBucketName).length <= longestPattern;
  const key = fits ? exact : coarse(prefix);
  const { worked, rule, target } = ruledQueue(self, {
    spec,
    settings: { on, prefix, suffix },
    pattern: source.bucket.apply((name) => patternOf(spec, key, name)),
    bus: undefined,
    shape: shaper(spec.transform?.aws),
  });
  return {
    contract: [
      ...deliveryRows(self, spec, "SQS standard queues"),
      native(
        "on",
        on.join(", "),
        on.join(", "),
        "by way of EventBridge; expiry counts as a deletion, the end of an old version does not",
        "S3 EventBridge notifications",
      ),
      keyRow("prefix", prefix, fits),
      keyRow("suffix", suffix, fits),
      native("order", "none asked", "none", "the sequencer tells the newer of two changes of one key", "S3 sequencer"),
      undeliveredRow("EventBridge target DeadLetterConfig"),
    ],
    grants: worked.grants,
    nodes: { ...worked.nodes, rule, target },
    outputs: worked.outputs,
  };
}

function keyRow(property: string, part: string, fits: boolean) {
  const by = "EventBridge patterns";
  if (fits) return native(property, part || "none asked", part || "all", "by the rule, and again by the adapter", by);
  const why = `by the adapter: the pattern would be longer than ${longestPattern} characters`;
  return emulated(property, part || "none asked", part || "all", why, by);
}

const told = { created: "Object Created", deleted: "Object Deleted" };
/** In a versioned bucket a deletion makes a marker; what is deleted for good is an old version, which nobody sees. */
const marker = "Delete Marker Created";

function patternOf({ on }: ObjectTriggerSpec, key: readonly unknown[] | undefined, bucket: string): string {
  return JSON.stringify({
    source: ["aws.s3"],
    "detail-type": on.map((one) => told[one]),
    detail: {
      bucket: { name: [bucket] },
      ...(key ? { object: { key } } : {}),
      ...(on.includes("deleted") ? { "deletion-type": deletions(on) } : {}),
    },
  });
}

const deletions = (on: readonly string[]) => (on.includes("created") ? [{ exists: false }, marker] : [marker]);

/**
 * Tests of which one must hold. Prefix and suffix as two tests would mean either; as a wildcard they mean both, except
 * for keys so short that they overlap, which are few and named.
 */
function keyTests(prefix: string, suffix: string): readonly unknown[] | undefined {
  if (prefix === "" && suffix === "") return undefined;
  if (suffix === "") return [{ prefix }];
  if (prefix === "") return [{ suffix }];
  const overlaps: string[] = [];
  for (let shared = 1; shared <= Math.min(prefix.length, suffix.length); shared++)
    if (prefix.endsWith(suffix.slice(0, shared))) overlaps.push(prefix + suffix.slice(shared));
  return [{ wildcard: `${literal(prefix)}*${literal(suffix)}` }, ...overlaps];
}

/** Lets more through, in little room. */
const coarse = (prefix: string) => (prefix === "" ? undefined : [{ prefix: prefix.slice(0, 500) }]);

/** A wildcard's own characters, as what they are. */
const literal = (text: string) => text.replace(/[\\*]/g, "\\$&");
