import { isObject, isUnknown, known, unknownValue } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { hasName } from "../../names";
import { list } from "../expect";

/** What a line must hold, by the context variables that give it. */
const wanted: Readonly<Record<string, RegExp>> = {
  "the request's id": /^(requestId|extendedRequestId)$/,
  "the caller": /^(identity\.\w+|authorizer\.(?!error|latency|status|integration|requestId)[\w.-]+)$/,
  "the status": /^status$/,
};

const without = "callers leave no trace: set accessLogSettings with destinationArn and format";

/** Stages of REST, HTTP and WebSocket APIs. */
export function stageLog(resource: ResourceView): readonly Finding[] {
  return [accessLog(resource), ...traced(resource)];
}

function accessLog({ props }: ResourceView): Finding {
  const settings = known(props, "accessLogSettings");
  if (settings.state === "absent") return fail(without);
  if (settings.state === "unknown") return undetermined("accessLogSettings is known after deployment only");
  if (!hasName(known(props, "accessLogSettings.destinationArn"))) return fail(without);
  const format = known(props, "accessLogSettings.format");
  if (format.state === "absent") return fail(without);
  if (format.state === "unknown" || String(format.value).includes(unknownValue))
    return undetermined("the format of its access log is known after deployment only");
  const fields = jsonFields(format.value);
  if (!fields) return fail("its access log is no JSON: set accessLogSettings.format to one object of text values");
  const missing = Object.keys(wanted).filter((what) => !fields.some((field) => wanted[what]?.test(field)));
  return missing.length === 0
    ? pass("its access log says who called with which result")
    : fail(`its access log leaves out ${missing.join(", ")}: add the context variables to accessLogSettings.format`);
}

/** The context variables of a JSON format; they may stand outside of quotes, where they are numbers. */
function jsonFields(format: unknown): readonly string[] | undefined {
  if (typeof format !== "string") return undefined;
  const variable = /\$context\.((?:[\w-]+)(?:\.[\w-]+)*)/g;
  try {
    if (!isObject(JSON.parse(format.replace(variable, "0")))) return undefined;
  } catch {
    return undefined;
  }
  return [...format.matchAll(variable)].map(([, field = ""]) => field);
}

const payload = "it logs whole requests and answers, personal data and tokens included: set dataTraceEnabled to false";

/** WebSocket routes and REST methods can log payloads beside the access log. */
function traced({ props }: ResourceView): readonly Finding[] {
  const routes = known(props, "routeSettings");
  return [
    untraced(props, "defaultRouteSettings.dataTraceEnabled"),
    ...list(routes.state === "value" ? routes.value : []).map((one) => untraced(one, "dataTraceEnabled")),
  ];
}

function untraced(of: unknown, path: string): Finding {
  const trace = known(of, path);
  if (isUnknown(of) || trace.state === "unknown")
    return undetermined("dataTraceEnabled is known after deployment only");
  return trace.state === "value" && trace.value !== false ? fail(payload) : pass("it logs no payload");
}

export const methodLog = ({ props }: ResourceView): Finding => untraced(props, "settings.dataTraceEnabled");

/** Stages that an API or a deployment makes by the way have no access log. */
export function hiddenStage({ props }: ResourceView): Finding | undefined {
  const path = known(props, "target").state === "absent" ? "stageName" : "target";
  return known(props, path).state === "absent"
    ? undefined
    : fail(`${path} makes a stage without an access log: declare the stage`);
}

export function graphLog({ props }: ResourceView): readonly Finding[] {
  const level = known(props, "logConfig.fieldLogLevel");
  const verbose = known(props, "logConfig.excludeVerboseContent");
  const off = !hasName(level) || (level.state === "value" && level.value === "NONE");
  return [
    level.state === "unknown"
      ? undetermined("logConfig is known after deployment only")
      : off
        ? fail("callers leave no trace: set logConfig with fieldLogLevel ERROR or more")
        : pass("its requests are logged"),
    verbose.state === "unknown"
      ? undetermined("excludeVerboseContent is known after deployment only")
      : !off && level.state === "value" && (verbose.state === "absent" || verbose.value !== true)
        ? fail("it logs headers and whole answers: set logConfig.excludeVerboseContent to true")
        : pass("it logs no payload"),
  ];
}

/** By the distribution itself, or by a delivery of its logs. */
export function distributionLog(resource: ResourceView, stack: StackView): Finding {
  const delivered = stack
    .ofType("aws:cloudwatch/logDeliverySource:LogDeliverySource")
    .some((source) => stack.dependencies(source, "resourceArn").includes(resource));
  return delivered || hasName(known(resource.props, "loggingConfig.bucket"))
    ? pass("its requests are logged")
    : fail("callers leave no trace: set loggingConfig.bucket, or add a cloudwatch.LogDeliverySource of it");
}
