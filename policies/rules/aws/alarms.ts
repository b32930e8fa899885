/** What tells people of dead letters in SQS. */
import { isUnknown, known, valueAt } from "../../known";
import type { Finding, ResourceView, StackView } from "../../model";
import { isFilled, isOn, isReached, lacking, told, vagueIn } from "../dead-letter-alarms";
import { list } from "../expect";
import { referred } from "../referred";
import { graves, sqsQueue } from "./dead-letters";

const isArn = (value: unknown) => isUnknown(value) || /^arn:/.test(String(value));

const metricAlarm = "aws:cloudwatch/metricAlarm:MetricAlarm";

export function sqsAlarm(queue: ResourceView, stack: StackView): Finding | undefined {
  const grave = graves(stack).get(queue);
  if (!grave) return undefined;
  const alarms = stack.ofType(metricAlarm).filter(({ props }) => {
    const metric = known(props, "metricName");
    return metric.state === "unknown" || valueAt(props, "metricName") === "ApproximateNumberOfMessagesVisible";
  });
  const watching = alarms.filter((alarm) => referred(alarm, "dimensions.QueueName", stack, [sqsQueue]).includes(queue));
  return told(
    watching.map((alarm) =>
      lacking(alarm, stack, {
        alarmActions: (value) => isFilled(value) && list(value).every(isArn),
        actionsEnabled: isOn,
        comparisonOperator: (value) => typeof value === "string" && value.startsWith("GreaterThan"),
        namespace: (value) => value === "AWS/SQS",
        threshold: isReached,
        statistic: (value) => value !== "SampleCount",
      }),
    ),
    vagueIn(alarms, "dimensions", stack),
    "nobody is told of its dead letters: give it a cloudwatch.MetricAlarm on ApproximateNumberOfMessagesVisible with alarmActions",
  );
}
