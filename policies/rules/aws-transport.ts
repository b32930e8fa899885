/** What keeps requests without TLS away from AWS resources. Endpoints that take nothing else (Kinesis, DynamoDB) need no rule. */
import { isUnknown, known, valueAt } from "../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { parsePolicy, type Statement } from "./aws-policy-document";
import { demands } from "./demands";
import { list } from "./expect";
import { pointingAt, pointsAnywhere } from "./referred";
import { vouched } from "./vouched";

interface Guarded {
  /** The type of the policy beside the resource, and the property by which it names the resource. */
  readonly policy: string;
  readonly by: string;
  /** What a denial must cover at least. */
  readonly actions: readonly string[];
  /** Objects are other resources than their bucket. */
  readonly objects?: boolean;
}

const guarded: Readonly<Record<string, Guarded>> = {
  "aws:sqs/queue:Queue": { policy: "aws:sqs/queuePolicy:QueuePolicy", by: "queueUrl", actions: ["sqs:*"] },
  // A topic's policy may name a topic's actions only, and only publishing carries data.
  "aws:sns/topic:Topic": {
    policy: "aws:sns/topicPolicy:TopicPolicy",
    by: "arn",
    actions: ["sns:*", "sns:Publish"],
  },
  "aws:s3/bucket:Bucket": {
    policy: "aws:s3/bucketPolicy:BucketPolicy",
    by: "bucket",
    actions: ["s3:*"],
    objects: true,
  },
};
export const guardedTypes = Object.keys(guarded);

/** Denied to everyone, for every action that matters, where aws:SecureTransport is false. */
export function deniedWithoutTls(resource: ResourceView, stack: StackView): Finding | readonly Finding[] | undefined {
  const guard = guarded[resource.type];
  if (!guard) return undefined;
  const beside = pointingAt(resource, guard.by, stack, [guard.policy]);
  const documents = [
    ...beside.map((policy) => ({ policy, document: known(policy.props, "policy") })),
    { policy: resource, document: known(resource.props, "policy") },
  ].filter(({ document }) => document.state !== "absent");
  let vague = stack.ofType(guard.policy).some((policy) => pointsAnywhere(policy, guard.by, stack));
  for (const { policy, document } of documents) {
    const parsed = document.state === "value" ? parsePolicy(document.value) : ({ state: "unknown" } as const);
    if (parsed.state === "statements" && parsed.statements.some((one) => denies(one, guard)))
      return pass("requests without TLS are denied");
    if (parsed.state !== "unknown") continue;
    const finding = undetermined("its policy is known after deployment only");
    if (stack.owner(policy) === stack.owner(resource)) return vouched([finding], resource, stack);
    vague = true;
  }
  return vague
    ? undetermined("its policy is known after deployment only")
    : fail(
        `it takes requests without TLS: give it a policy that denies ${guard.actions[0]} to everyone where aws:SecureTransport is false`,
      );
}

function denies(statement: Statement, { actions: wanted, objects = false }: Guarded): boolean {
  const { allow, actions, resources, principals, conditions } = statement;
  const [condition, ...others] = conditions;
  const ofTransport =
    others.length === 0 &&
    condition !== undefined &&
    /^bool(ifexists)?$/.test(condition.operator) &&
    condition.key === "aws:securetransport" &&
    condition.values.join() === "false";
  const everything = actions.some((action) => action === "*" || wanted.some((one) => same(action, one)));
  const whole =
    !objects ||
    resources.some((one) => one === "*" || isUnknown(one)) ||
    (resources.some((one) => /^arn:.*\/\*$/.test(one)) && resources.some((one) => /^arn:[^/]+$/.test(one)));
  return !allow && ofTransport && everything && whole && principals.includes("*");
}

const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

export const subscription = ({ props }: ResourceView): Finding[] =>
  demands(props, "it is delivered over TLS, or within AWS", [
    {
      path: "protocol",
      accepts: (value) => value !== "http",
      unmet: "messages go out in clear: set protocol to https",
    },
  ]);

export const dax = ({ props }: ResourceView): Finding[] =>
  demands(props, "its endpoint takes TLS only", [
    {
      path: "clusterEndpointEncryptionType",
      accepts: (value) => value === "TLS",
      unmet: "its endpoint takes requests in clear: set clusterEndpointEncryptionType to TLS",
    },
  ]);

/** Viewers are led to TLS by every behaviour; origins that are no bucket are asked over TLS. */
export function distribution({ props }: ResourceView): Finding[] {
  const behaviours = [valueAt(props, "defaultCacheBehavior"), ...list(valueAt(props, "orderedCacheBehaviors"))];
  const origins = list(valueAt(props, "origins")).filter((one) => known(one, "customOriginConfig").state !== "absent");
  const viewers = behaviours.flatMap((one) =>
    demands(one, "viewers use TLS", [
      {
        path: "viewerProtocolPolicy",
        accepts: (value) => value === "redirect-to-https" || value === "https-only",
        unmet: "viewers may use HTTP: set viewerProtocolPolicy of every behaviour to redirect-to-https or https-only",
      },
    ]),
  );
  const asked = origins.flatMap((one) =>
    demands(one, "origins are asked over TLS", [
      {
        path: "customOriginConfig.originProtocolPolicy",
        accepts: (value) => value === "https-only",
        unmet: "an origin may be asked over HTTP: set customOriginConfig.originProtocolPolicy to https-only",
      },
    ]),
  );
  return [...viewers, ...asked];
}
