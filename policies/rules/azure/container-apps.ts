/** Who may call an app of Azure Container Apps. */
import { known } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { pointingAt, pointsAnywhere, referred } from "../referred";
import { authentication, worst } from "./easy-auth";

export const containerApp = "azure-native:app:ContainerApp";
const settingsType = "azure-native:app:ContainerAppsAuthConfig";
const environment = "azure-native:app:ManagedEnvironment";

/** An app with an address on the internet authenticates its callers, by settings beside it or by their certificates. */
export function ingress(app: ResourceView, stack: StackView): Finding {
  const external = known(app.props, "configuration.ingress.external");
  if (external.state === "absent" || (external.state === "value" && external.value === false))
    return pass("it has no address outside of its environment");
  if (internal(app, stack)) return pass("its environment has no address on the internet");
  const certificates = known(app.props, "configuration.ingress.clientCertificateMode");
  if (certificates.state === "value" && String(certificates.value).toLowerCase() === "require")
    return pass("callers show a certificate");
  const mine = pointingAt(app, "containerAppName", stack, [settingsType]);
  const finding = mine.length > 0 ? worst(mine.flatMap(authentication)) : undefined;
  if (finding?.verdict === "pass") return finding;
  const vague =
    external.state === "unknown" ||
    certificates.state === "unknown" ||
    (mine.length === 0 && stack.ofType(settingsType).some((one) => pointsAnywhere(one, "containerAppName", stack)));
  if (vague) return undetermined("who may call it is known after deployment only");
  return (
    finding ??
    fail(
      "anyone may call the app: require authentication by ContainerAppsAuthConfig, or set configuration.ingress.external to false",
    )
  );
}

function internal(app: ResourceView, stack: StackView): boolean {
  const all = ["managedEnvironmentId", "environmentId"].flatMap((path) => referred(app, path, stack, [environment]));
  return all.some(({ props }) => {
    const found = known(props, "vnetConfiguration.internal");
    return found.state === "value" && found.value === true;
  });
}
