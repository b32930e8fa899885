/** Who stands for an identity of Google Cloud: tokens of a pool, members of a binding, callers by account. */
import { known, valueAt } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { isName } from "../../names";
import { demands } from "../demands";
import { bindingsOf } from "./iam";
import { bindsTokens } from "./pool-conditions";
import { callerPaths } from "./workload-accounts";

export const poolProvider = ({ props }: ResourceView): Finding[] =>
  demands(props, "it takes the tokens that are named", [
    {
      path: "attributeCondition",
      accepts: (condition) => bindsTokens(condition, valueAt(props, "attributeMapping")),
      unmet: "it takes the tokens of everybody there: set attributeCondition to compare who it is",
    },
  ]);

/** Members that stand for everybody of a pool, whatever the provider says. */
const wholePool = /^principalSet:\/\/iam\.googleapis\.com\/.+\/(\*|attribute\.[^/]+\/\*?)$/;

/** Accounts and groups that anybody can make, one of them or all at once. */
const consumer =
  /^((user|group):.+@|domain:)(gmail|googlemail|googlegroups|outlook|hotmail|live|msn|yahoo|icloud|me|aol|proton|gmx)\.(com|me|net|de|co\.uk)$/i;

/** All accounts of a project, folder or organization, of today and of tomorrow. */
const everyAccount = /^principalSet:\/\/cloudresourcemanager\.googleapis\.com\//i;
/** Whoever has a basic role of the project has this one too. */
const basicHolders = /^project(Editor|Viewer):/i;

export function members(resource: ResourceView): Finding | undefined {
  const bindings = bindingsOf(resource);
  if (bindings === "unknown") return undetermined("policyData is known after deployment only");
  const members = bindings.flatMap((binding) => binding.members);
  if (members.some((member) => consumer.test(member)))
    return fail("it admits a private account, which no organization can close: name an account of your own");
  if (members.some((member) => everyAccount.test(member)))
    return fail("it admits every account of a project, folder or organization: name the one");
  if (members.some((member) => basicHolders.test(member)))
    return fail("it admits whoever may edit or view the project: name the one");
  if (!members.some((member) => member.startsWith("principal"))) return undefined;
  return members.some((member) => wholePool.test(member))
    ? fail("it admits everybody of a pool: name the subject, or an attribute with its value")
    : pass("it names whom of the pool it admits");
}

/** Where each caller of Google's says which endpoint it calls. */
const endpoints: Readonly<Record<string, string>> = {
  "gcp:pubsub/subscription:Subscription": "pushConfig.pushEndpoint",
  "gcp:cloudscheduler/job:Job": "httpTarget.uri",
  "gcp:cloudtasks/queue:Queue": "httpTarget",
};
export const callerTypes = Object.keys(endpoints);

export function caller(resource: ResourceView, stack: StackView): Finding | undefined {
  const endpoint = endpoints[resource.type] ?? "";
  const paths = callerPaths[resource.type] ?? [];
  if (known(resource.props, endpoint).state === "absent") return undefined;
  const accounts = paths.map((path) => known(resource.props, path));
  if (accounts.some((one) => one.state === "value" && isName(one.value))) return pass("it calls by a service account");
  if (!accounts.some((one) => one.state === "unknown"))
    return fail(`it calls without saying who it is: set ${paths[0]}`);
  const [property = ""] = endpoint.split(".");
  return stack.dependencies(resource, property).some(({ type }) => type === "gcp:serviceaccount/account:Account")
    ? pass("it calls by a service account of this stack, whose address is known after deployment")
    : undetermined("by which service account it calls is known after deployment only");
}
