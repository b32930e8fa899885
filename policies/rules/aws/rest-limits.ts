/** Limits of REST APIs on AWS: from settings beside the stage, for all methods or for one, or from a usage plan. */
import { known, valueAt } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { isPositive } from "../demands";
import { numberOf } from "../numbers";
import { pointingAt, referred } from "../referred";

const methodSettings = "aws:apigateway/methodSettings:MethodSettings";
const usagePlan = "aws:apigateway/usagePlan:UsagePlan";
const restApi = "aws:apigateway/restApi:RestApi";
const method = "aws:apigateway/method:Method";

type Limit = "stated" | "none" | "unknown";

function limitOf({ props }: ResourceView, rate: string, burst: string): Limit {
  const limits = [rate, burst].map((path) => known(props, path));
  if (limits.some(({ state }) => state === "unknown")) return "unknown";
  return limits.every((one) => one.state === "value" && isPositive(numberOf(one.value))) ? "stated" : "none";
}
const ofMethods = (settings: ResourceView) =>
  limitOf(settings, "settings.throttlingRateLimit", "settings.throttlingBurstLimit");

export function restStage(resource: ResourceView, stack: StackView): Finding {
  const settings = pointingAt(resource, "stageName", stack, [methodSettings]);
  const general = settings.filter(({ props }) => valueAt(props, "methodPath") === "*/*");
  // Settings of one method go before those of all, with no limit where they state none.
  const apart = settings
    .filter(({ props }) => ![undefined, "*/*"].includes(valueAt(props, "methodPath") as string | undefined))
    .map(ofMethods);
  if (apart.includes("none"))
    return fail(
      "one caller can use up the account's quota: state throttling limits in the MethodSettings of each method",
    );
  const plans = stack.ofType(usagePlan).filter((plan) => stack.dependencies(plan, "apiStages").includes(resource));
  const byKey = asksForKeys(resource, stack)
    ? plans.map((plan) => limitOf(plan, "throttleSettings.rateLimit", "throttleSettings.burstLimit"))
    : [];
  const answers = [...general.map(ofMethods), ...byKey];
  if (answers.includes("stated"))
    return apart.includes("unknown")
      ? undetermined("a method's limits are known after deployment only")
      : pass("calls beyond a stated rate are refused");
  return answers.includes("unknown")
    ? undetermined("its limits are known after deployment only")
    : fail("one caller can use up the account's quota: give the stage MethodSettings for */* with throttling limits");
}

/** A usage plan knows callers by their keys: what asks for none is not limited by it. */
function asksForKeys(stage: ResourceView, stack: StackView): boolean {
  const [api] = referred(stage, "restApi", stack, [restApi]);
  return stack
    .ofType(method)
    .filter((one) => api && referred(one, "restApi", stack, [restApi]).includes(api))
    .filter(({ props }) => valueAt(props, "httpMethod") !== "OPTIONS")
    .map(({ props }) => known(props, "apiKeyRequired"))
    .every((asked) => asked.state === "unknown" || (asked.state === "value" && asked.value === true));
}
