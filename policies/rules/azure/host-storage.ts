/** The storage that function apps start from and keep their own state in. */
import { known, valueAt } from "../../known";
import type { ResourceView, StackView } from "../../model";
import { list } from "../expect";
import { referred } from "../referred";
import { siteTypes } from "./function-app";

const container = "azure-native:storage:BlobContainer";

/** An account that a function app starts from: by its deployment, or by the container that is named in it. */
export function holdsCode(account: ResourceView, stack: StackView): boolean {
  return stack.ofType(...siteTypes).some((app) => {
    const from = stack.dependencies(app, "functionAppConfig");
    return (
      from.includes(account) ||
      from.some((one) => one.type === container && referred(one, "accountName", stack, [account.type])[0] === account)
    );
  });
}

/** An account that a host keeps its leases in, as far as the app's settings tell. */
export function hostsState(account: ResourceView, stack: StackView): boolean {
  return stack.ofType(...siteTypes).some((app) => {
    const settings = known(app.props, "siteConfig.appSettings");
    const from = stack.dependencies(app, "siteConfig").includes(account);
    if (settings.state === "unknown") return from;
    const hosts = list(settings.state === "value" ? settings.value : []).filter((one) =>
      String(valueAt(one, "name")).startsWith("AzureWebJobsStorage"),
    );
    return hosts.some((one) => {
      const name = known(one, "value");
      return name.state === "unknown"
        ? from
        : name.state === "value" && name.value === valueAt(account.props, "accountName");
    });
  });
}
