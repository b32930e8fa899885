/** The service accounts that Google makes for a whole project: whoever names no other runs as one of them. */
import { known } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { isName } from "../../names";

const accounts = /(-compute@developer|@appspot)\.gserviceaccount\.com("|$)/i;
export const isDefaultAccount = (email: string): boolean => accounts.test(email) || /^default$/i.test(email);

/** What a default account is given, everything has that names no account of its own. What cannot be read is IAM-02's. */
export function defaultMembers({ props }: ResourceView): Finding | undefined {
  const given = ["member", "members", "policyData"].flatMap((path) => {
    const found = known(props, path);
    return found.state === "value" ? [found.value].flat() : [];
  });
  return given.some((one) => typeof one === "string" && accounts.test(one))
    ? fail("it gives a role to the project's default account: give it to a service account of its own")
    : undefined;
}

/** Without an account of its own a gateway calls functions as the project's. */
export function gatewayAccount(resource: ResourceView, stack: StackView): Finding {
  const path = "gatewayConfig.backendConfig.googleServiceAccount";
  const account = known(resource.props, path);
  if (account.state === "unknown")
    return stack
      .dependencies(resource, "gatewayConfig")
      .some(({ type }) => type === "gcp:serviceaccount/account:Account")
      ? pass("it calls functions by a service account of this stack, whose address is known after deployment")
      : undetermined(`${path} is known after deployment only`);
  return account.state === "value" && isName(account.value) && !isDefaultAccount(account.value)
    ? pass("it calls functions by a service account of its own")
    : fail(`it calls functions as the project's default account: set ${path}`);
}
