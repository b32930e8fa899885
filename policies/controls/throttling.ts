import { isUnknown, known } from "../known";
import { type Control, type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { eventSourceMapping, functionOf, sourceOf } from "../rules/aws/event-source-mapping";
import { restStage } from "../rules/aws/rest-limits";
import { uncommented } from "../rules/azure/api-management";
import { isFunctionApp, siteTypes } from "../rules/azure/function-app";
import { type Demand, demands, isPositive } from "../rules/demands";
import { referred } from "../rules/referred";

const limited = "calls beyond a stated rate are refused";
const positive = (path: string, unmet: string): Demand => ({ path, accepts: isPositive, unmet });

/** WebSocket and HTTP APIs take their limits from the stage. */
const stage = ({ props }: ResourceView) =>
  demands(
    props,
    limited,
    ["throttlingRateLimit", "throttlingBurstLimit"].map((name) =>
      positive(
        `defaultRouteSettings.${name}`,
        `one caller can use up the account's quota: set defaultRouteSettings.${name}`,
      ),
    ),
  );

/** A queue's backlog, or anyone with a function's address, takes all instances that the account has. */
function mappingLimit(resource: ResourceView, stack: StackView): Finding | undefined {
  if (sourceOf(resource, stack) !== "queue") return undefined;
  const lambda = functionOf(resource, stack);
  const own = known(resource.props, "scalingConfig.maximumConcurrency");
  const reserved = known(lambda?.props, "reservedConcurrentExecutions");
  return capped(
    [own, reserved],
    !lambda,
    "a backlog takes all instances of the account: set scalingConfig.maximumConcurrency",
  );
}

function urlLimit(resource: ResourceView, stack: StackView): Finding {
  const lambda = functionOf(resource, stack);
  return capped(
    [known(lambda?.props, "reservedConcurrentExecutions")],
    !lambda,
    "whoever has its address can take all instances of the account: set the function's reservedConcurrentExecutions",
  );
}

function capped(limits: readonly ReturnType<typeof known>[], vague: boolean, unmet: string): Finding {
  if (limits.some((one) => one.state === "value" && typeof one.value === "number" && one.value >= 0))
    return pass("its instances are limited");
  return vague || limits.some(({ state }) => state === "unknown")
    ? undetermined("how many instances there may be is known after deployment only")
    : fail(unmet);
}

function appLimit(resource: ResourceView): Finding | undefined {
  if (!isFunctionApp(resource)) return undefined;
  return capped(
    [
      known(resource.props, "functionAppConfig.scaleAndConcurrency.maximumInstanceCount"),
      known(resource.props, "siteConfig.functionAppScaleLimit"),
    ].map((one) => (one.state === "value" && !isPositive(one.value) ? { state: "absent" } : one)),
    false,
    "its instances are not limited: set functionAppConfig.scaleAndConcurrency.maximumInstanceCount, or siteConfig.functionAppScaleLimit",
  );
}

const apimPolicies = ["Policy", "ApiPolicy", "ProductPolicy", "ApiOperationPolicy"].map(
  (kind) => `azure-native:apimanagement:${kind}`,
);

/** A rate by anything but a subscription is more than the Consumption tier can; there instances are the limit. */
function gatewayLimit(resource: ResourceView, stack: StackView): Finding | undefined {
  const tier = known(resource.props, "sku.name");
  if (tier.state === "value" && tier.value === "Consumption") return undefined;
  const texts = stack
    .ofType(...apimPolicies)
    .filter((one) => referred(one, "serviceName", stack, [resource.type]).includes(resource))
    .map(({ props }) => known(props, "value"));
  if (
    texts.some((one) => one.state === "value" && /<rate-limit(?:-by-key)?[\s/>]/.test(uncommented(String(one.value))))
  )
    return pass(limited);
  return tier.state === "unknown" || texts.some(({ state }) => state === "unknown")
    ? undetermined("its policies are known after deployment only")
    : fail("one caller can keep the backend busy: add rate-limit or rate-limit-by-key to a policy of the service");
}

/** One of several properties that say the same. */
const oneOf = (paths: readonly string[]) => (resource: ResourceView) => {
  const limits = paths.map((path) => known(resource.props, path));
  const held = limits.map((one) =>
    one.state === "value" && !(Number(one.value) > 0) ? ({ state: "absent" } as const) : one,
  );
  return capped(
    held.map((one) => (one.state === "value" ? { ...one, value: Number(one.value) } : one)),
    false,
    `its instances are not limited: set ${paths[0]}`,
  );
};

/** The limit of the first generation is an annotation, whose name has dots. */
function knative({ props }: ResourceView): Finding {
  const annotations = known(props, "template.metadata.annotations");
  if (annotations.state === "unknown") return undetermined("its annotations are known after deployment only");
  const name = "autoscaling.knative.dev/maxScale";
  const most =
    annotations.state === "value"
      ? Object.entries(annotations.value ?? {}).find(([key]) => key === name)?.[1]
      : undefined;
  if (isUnknown(most)) return undetermined(`${name} is known after deployment only`);
  return Number(most) > 0 ? pass("its instances are limited") : fail(`its instances are not limited: set ${name}`);
}

const taskQueue = ({ props }: ResourceView) =>
  demands(
    props,
    limited,
    ["maxDispatchesPerSecond", "maxConcurrentDispatches"].map((name) =>
      positive(`rateLimits.${name}`, `tasks reach their target at any rate: set rateLimits.${name}`),
    ),
  );

export const throttling: Control = {
  id: "RES-05",
  title: "Rates and instances are limited",
  why: "One caller, a loop or a backlog takes everything that the account has, from all others too, and bills it.",
  fix: "State a limit: aws throttling of stages and concurrency of functions, azure rate-limit policies and instance counts, gcp maxInstanceCount and rateLimits.",
  severity: "medium",
  frameworks: {
    gdpr: ["Art. 32(1)(b)"],
    hipaa: [],
    pciDss: [],
    soc2: ["A1.1"],
    cis: [],
    nist80053: ["SC-5", "SC-5(2)", "SC-6"],
  },
  appliesFrom: "internal",
  clouds: {
    aws: [
      { types: ["aws:apigatewayv2/stage:Stage"], judge: stage },
      { types: ["aws:apigateway/stage:Stage"], judge: restStage },
      { types: [eventSourceMapping], judge: mappingLimit },
      { types: ["aws:lambda/functionUrl:FunctionUrl"], judge: urlLimit },
    ],
    azure: [
      { types: siteTypes, judge: appLimit },
      { types: ["azure-native:apimanagement:ApiManagementService"], judge: gatewayLimit },
    ],
    gcp: [
      { types: ["gcp:cloudfunctionsv2/function:Function"], judge: oneOf(["serviceConfig.maxInstanceCount"]) },
      { types: ["gcp:cloudfunctions/function:Function"], judge: oneOf(["maxInstances"]) },
      {
        types: ["gcp:cloudrunv2/service:Service"],
        judge: oneOf(["template.scaling.maxInstanceCount", "scaling.maxInstanceCount"]),
      },
      { types: ["gcp:cloudrun/service:Service"], judge: knative },
      { types: ["gcp:cloudtasks/queue:Queue"], judge: taskQueue },
    ],
  },
};
