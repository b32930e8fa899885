/** Policies that deny whatever comes without TLS, each held against the resource that it is the policy of. */
import { isUnknown, known, valueAt } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { covers, hasWildcard } from "../globs";
import { pointingAt, pointsAnywhere } from "../referred";
import { vouched } from "../vouched";
import { parsePolicy, type Statement } from "./policy-document";

interface Guarded {
  /** The type of the policy beside the resource, and the property by which it names the resource. */
  readonly policy: string;
  readonly by: string;
  /** What a denial must cover at least. */
  readonly actions: readonly string[];
  /** As ARNs write the service, and the property that names the resource. */
  readonly service: string;
  readonly name: string;
  /** Objects are other resources than their bucket, and a bucket's policy must say of what it is. */
  readonly objects?: boolean;
}

const guarded: Readonly<Record<string, Guarded>> = {
  "aws:sqs/queue:Queue": {
    policy: "aws:sqs/queuePolicy:QueuePolicy",
    by: "queueUrl",
    actions: ["sqs:*"],
    service: "sqs",
    name: "name",
  },
  // A topic's policy may name a topic's actions only, and only publishing carries data.
  "aws:sns/topic:Topic": {
    policy: "aws:sns/topicPolicy:TopicPolicy",
    by: "arn",
    actions: ["sns:*", "sns:Publish"],
    service: "sns",
    name: "name",
  },
  "aws:s3/bucket:Bucket": {
    policy: "aws:s3/bucketPolicy:BucketPolicy",
    by: "bucket",
    actions: ["s3:*"],
    service: "s3",
    name: "bucket",
    objects: true,
  },
};
export const guardedTypes = Object.keys(guarded);

/** Denied to everyone, for every action that matters, where aws:SecureTransport is false. */
export function deniedWithoutTls(resource: ResourceView, stack: StackView): Finding | readonly Finding[] | undefined {
  const guard = guarded[resource.type];
  if (!guard) return undefined;
  const beside = pointingAt(resource, guard.by, stack, [guard.policy]);
  const documents = [resource, ...beside]
    .map((policy) => ({ policy, document: known(policy.props, "policy") }))
    .filter(({ document }) => document.state !== "absent");
  let vague = false;
  for (const { policy, document } of documents) {
    const parsed = document.state === "value" ? parsePolicy(document.value) : ({ state: "unknown" } as const);
    if (parsed.state === "statements" && denies(parsed.statements, guard, isOf(resource, policy, guard, stack)))
      return pass("requests without TLS are denied");
    if (parsed.state !== "unknown") continue;
    const finding = undetermined("its policy is known after deployment only");
    if (stack.owner(policy) === stack.owner(resource)) return vouched([finding], resource, stack);
    vague = true;
  }
  return vague || stack.ofType(guard.policy).some((policy) => pointsAnywhere(policy, guard.by, stack))
    ? undetermined("its policy is known after deployment only")
    : fail(
        `it takes requests without TLS: give it a policy that denies ${guard.actions[0]} on it to everyone where aws:SecureTransport is false`,
      );
}

type Covers = (arn: string, inside: string) => boolean;

/** The denials of a document may share out the bucket and its objects among them. */
function denies(statements: readonly Statement[], { actions, objects = false }: Guarded, covered: Covers): boolean {
  const denials = statements.filter((one) => ofTransport(one) && one.actions.some((action) => isAll(action, actions)));
  const resources = denials.flatMap((one) => one.resources);
  const inside = objects ? ["", "/object"] : [""];
  return objects || resources.length > 0
    ? inside.every((one) => resources.some((arn) => covered(arn, one)))
    : denials.some(({ notResources }) => notResources.length === 0);
}

const isAll = (action: string, wanted: readonly string[]): boolean =>
  action === "*" || wanted.some((one) => one.toLowerCase() === action.toLowerCase());

function ofTransport({ allow, principals, conditions }: Statement): boolean {
  const [condition, ...others] = conditions;
  return (
    !allow &&
    principals.includes("*") &&
    others.length === 0 &&
    condition !== undefined &&
    /^bool(ifexists)?$/.test(condition.operator) &&
    condition.key === "aws:securetransport" &&
    condition.values.length > 0 &&
    condition.values.every((value) => value.toLowerCase() === "false")
  );
}

/** Whether an ARN is the resource's: by its name, or, as long as that is not known, by where the policy takes it from. */
function isOf(resource: ResourceView, policy: ResourceView, { service, name }: Guarded, stack: StackView): Covers {
  const own = valueAt(resource.props, name);
  const sources = stack.dependencies(policy, "policy").filter(({ type }) => type === resource.type);
  // Asked only where the resource's own name is not known.
  const isAnother = (given: string) => stack.ofType(resource.type).some((one) => valueAt(one.props, name) === given);
  const comesFromIt = sources.length === 0 || sources.includes(resource);
  return (arn, inside) => {
    if (arn === "*") return true;
    if (isUnknown(arn)) return comesFromIt;
    const [head, , of = "", , , ...rest] = padded(arn.split(":"));
    const last = rest.join(":");
    if (head !== "arn" || !covers(of, service)) return false;
    if (typeof own === "string") return covers(last, `${own}${inside}`);
    const [first = "", ...below] = last.split("/");
    const whole = inside === "" ? below.length === 0 : hasWildcard(first) || below.join("/") === "*";
    return comesFromIt && !isAnother(first) && whole;
  };
}

/** A `*` at the end stands for all parts that follow. */
const padded = (parts: readonly string[]): readonly string[] =>
  parts.at(-1)?.endsWith("*") ? [...parts, ...Array<string>(Math.max(0, 6 - parts.length)).fill("*")] : parts;
