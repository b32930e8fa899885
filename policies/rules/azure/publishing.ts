/** The password by which whoever has it publishes code to an app. */
import { known } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { besideSite, isFunctionApp, vagueBeside } from "./function-app";

/** Azure takes the password unless a policy beside the app says otherwise. What the policy says is judged by itself. */
export function publishing(app: ResourceView, stack: StackView): Finding | undefined {
  if (!isFunctionApp(app)) return undefined;
  const missing = ["WebAppScmAllowed", ...(hasFtp(app) ? ["WebAppFtpAllowed"] : [])].filter(
    (kind) => besideSite(app, kind, stack).length === 0,
  );
  if (missing.length === 0) return pass("nobody publishes to it by password");
  return missing.every((kind) => vagueBeside(app, kind, stack))
    ? undetermined("whether its publishing password is off is known after deployment only")
    : fail(
        `a password that everybody shares publishes code to it: add web.${missing.join(" and web.")} with allow false`,
      );
}

/** Where FTP is not switched off it goes over TLS at least, or TLS-01 asks for either; Flex Consumption has none. */
function hasFtp({ props }: ResourceView): boolean {
  const state = known(props, "siteConfig.ftpsState");
  return known(props, "functionAppConfig").state === "absent" && state.state === "value" && state.value === "FtpsOnly";
}
