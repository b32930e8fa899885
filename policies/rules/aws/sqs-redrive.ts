import { isUnknown, known, valueAt } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { isName } from "../../names";
import { numberOf } from "../numbers";
import { pointingAt } from "../referred";
import { buriesIn, graves, redrive, redrivePolicies, sqsQueue } from "./dead-letters";

const defaultRetention = 345_600;

/** A queue buries what nobody can handle in another, which keeps it for as long and lets this one redrive it. */
export function sqsRedrive(queue: ResourceView, stack: StackView): Finding | Finding[] {
  const policies = redrivePolicies(stack).get(queue);
  if (policies) return policies.flatMap((policy) => redriven(queue, policy, stack));
  const grave = graves(stack).get(queue);
  if (grave?.sure) return pass("it is a dead-letter queue itself");
  if (grave) return undetermined("whether it is a dead-letter queue is known after deployment only");
  return fail("a message that nobody can handle comes again until it expires: set redrivePolicy");
}

function redriven(queue: ResourceView, policy: ResourceView, stack: StackView): Finding[] {
  const given = known(policy.props, "redrivePolicy");
  const targets = buriesIn(policy, stack).filter((one) => one !== queue);
  const findings: Finding[] = [];
  if (given.state === "value") {
    const { target, count } = redrive(given.value);
    if (!isName(target)) return [fail("redrivePolicy names no deadLetterTargetArn")];
    // Throttled receives count too: with one, a message dies without ever having been handled.
    if (isUnknown(count)) findings.push(undetermined("redrivePolicy's maxReceiveCount is known after deployment only"));
    else if ((numberOf(count) ?? 0) < 2) findings.push(fail("redrivePolicy's maxReceiveCount is below 2"));
  }
  const [target] = targets;
  if (!target) return [...findings, undetermined("its dead-letter queue is none of this stack")];
  const shorter = isShorter(target, queue);
  if (shorter === "unknown") findings.push(undetermined("messageRetentionSeconds is known after deployment only"));
  else if (shorter)
    findings.push(
      fail(
        "its dead-letter queue keeps messages for less time than it does, counted from when they were sent: raise that queue's messageRetentionSeconds",
      ),
    );
  return findings.length > 0 ? findings : [pass("it has a dead-letter queue that keeps messages for long enough")];
}

function isShorter(target: ResourceView, queue: ResourceView): boolean | "unknown" {
  const [kept, own] = [target, queue].map(({ props }) => known(props, "messageRetentionSeconds"));
  if (kept?.state === "unknown" || own?.state === "unknown") return "unknown";
  const seconds = (found: typeof kept) =>
    (found?.state === "value" ? numberOf(found.value) : undefined) ?? defaultRetention;
  return seconds(kept) < seconds(own);
}

const allowPolicy = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy";

/** Which queues may bury in a dead-letter queue of queues: without a word any of the account. */
export function redriveAllowed(queue: ResourceView, stack: StackView): Finding | undefined {
  const ofQueues = graves(stack)
    .get(queue)
    ?.of.some(({ type }) => type === sqsQueue || type === "aws:sqs/redrivePolicy:RedrivePolicy");
  if (!ofQueues) return undefined;
  const said = [queue, ...pointingAt(queue, "queueUrl", stack, [allowPolicy])].map((one) => ({
    found: known(one.props, "redriveAllowPolicy"),
    from: stack.dependencies(one, "redriveAllowPolicy"),
  }));
  const verdicts = said.map(({ found, from }) => {
    if (found.state === "absent") return "no";
    // Made of the sources' ARNs: only a policy by queue names any.
    if (found.state === "unknown") return from.some(({ type }) => type === sqsQueue) ? "yes" : "unknown";
    return permission(found.value) === "byQueue" || permission(found.value) === "denyAll" ? "yes" : "no";
  });
  if (verdicts.includes("yes")) return pass("only the queues that it names bury in it");
  if (verdicts.includes("unknown")) return undetermined("redriveAllowPolicy is known after deployment only");
  return fail("any queue of the account may bury in it: set redriveAllowPolicy to byQueue with its sources");
}

function permission(value: unknown): unknown {
  try {
    return valueAt(typeof value === "string" ? JSON.parse(value) : value, "redrivePermission");
  } catch {
    return undefined;
  }
}
