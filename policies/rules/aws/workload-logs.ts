/** Workloads beside functions that say themselves where they log, and how much. */
import { isObject, known, valueAt } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { hasName } from "../../names";
import { logGroup } from "./log-groups";

/** The group stands in this stack, where its retention is judged. */
function logsTo(resource: ResourceView, stack: StackView, path: string): Finding {
  const [property = path] = path.split(".");
  const to = known(resource.props, path);
  if (!hasName(to)) return fail(`its logs go nowhere: set ${path}`);
  const groups = stack.ofType(logGroup);
  const found =
    stack.dependencies(resource, property).some((one) => groups.includes(one)) ||
    (to.state === "value" &&
      groups.some(({ props }) => {
        const name = valueAt(props, "name");
        return typeof name === "string" && String(to.value).replace(/:\*$/, "").endsWith(name);
      }));
  if (found) return pass("it logs to a declared log group");
  return to.state === "unknown"
    ? undetermined(`${path} is known after deployment only`)
    : fail("its log group is not declared in the stack, and nothing says how long it keeps: declare it");
}

function level(resource: ResourceView, path: string, accepts: (value: unknown) => boolean, wanted: string): Finding {
  const found = known(resource.props, path);
  if (found.state === "unknown") return undetermined(`${path} is known after deployment only`);
  return found.state === "value" && accepts(found.value)
    ? pass("it logs its runs")
    : fail(`it logs too little: set ${path} to ${wanted}`);
}

export function stateMachine(resource: ResourceView, stack: StackView): readonly Finding[] {
  return [
    level(resource, "loggingConfiguration.level", (value) => value === "ALL", "ALL"),
    logsTo(resource, stack, "loggingConfiguration.logDestination"),
  ];
}

export function pipe(resource: ResourceView, stack: StackView): readonly Finding[] {
  const other = ["s3LogDestination", "firehoseLogDestination"].some(
    (one) => known(resource.props, `logConfiguration.${one}`).state !== "absent",
  );
  return [
    level(resource, "logConfiguration.level", (value) => value !== "OFF", "ERROR or more"),
    ...(other ? [] : [logsTo(resource, stack, "logConfiguration.cloudwatchLogsLogDestination.logGroupArn")]),
  ];
}

/** Every destination of a delivery stream has options of its own. */
export function deliveryStream(resource: ResourceView, stack: StackView): readonly Finding[] {
  const destinations = Object.keys(resource.props).filter(
    (key) => /Configuration$/.test(key) && key !== "kinesisSourceConfiguration" && key !== "mskSourceConfiguration",
  );
  return destinations
    .filter((key) => isObject(resource.props[key]) || known(resource.props, key).state === "unknown")
    .flatMap((key) => [
      level(resource, `${key}.cloudwatchLoggingOptions.enabled`, (value) => value === true, "true"),
      logsTo(resource, stack, `${key}.cloudwatchLoggingOptions.logGroupName`),
    ]);
}
