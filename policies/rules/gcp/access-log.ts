import { known } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { routed } from "./log-buckets";

/** Load balancers of requests; those of connections log no callers. */
export function backendLog(resource: ResourceView, stack: StackView): readonly Finding[] | undefined {
  const protocol = known(resource.props, "protocol");
  if (protocol.state === "value" && ["TCP", "UDP", "SSL", "UNSPECIFIED"].includes(String(protocol.value)))
    return undefined;
  const enabled = known(resource.props, "logConfig.enable");
  const rate = known(resource.props, "logConfig.sampleRate");
  if (enabled.state === "unknown") return [undetermined("logConfig is known after deployment only")];
  if (enabled.state === "absent" || enabled.value !== true)
    return [fail("callers leave no trace: set logConfig with enable true and sampleRate 1")];
  if (rate.state === "value" && rate.value !== 1)
    return [fail("it leaves requests out: set logConfig.sampleRate to 1")];
  const logged =
    rate.state === "unknown"
      ? undetermined("logConfig.sampleRate is known after deployment only")
      : pass("it logs every request");
  return [logged, routed(resource, stack)];
}
