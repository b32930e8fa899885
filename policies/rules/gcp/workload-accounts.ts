/** The service accounts that workloads on Google Cloud run as. */
import { known } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView } from "../../model";
import { perStack } from "../expect";
import { type Claim, candidates, twinOf } from "../own-identity";
import { isDefaultAccount } from "./default-accounts";

/** Where each kind of workload names its service account. */
const accountPaths: Readonly<Record<string, string>> = {
  "gcp:cloudfunctionsv2/function:Function": "serviceConfig.serviceAccountEmail",
  "gcp:cloudfunctions/function:Function": "serviceAccountEmail",
  "gcp:cloudrunv2/service:Service": "template.serviceAccount",
  "gcp:cloudrunv2/job:Job": "template.template.serviceAccount",
  "gcp:cloudrunv2/workerPool:WorkerPool": "template.serviceAccount",
  "gcp:cloudrun/service:Service": "template.spec.serviceAccountName",
  "gcp:workflows/workflow:Workflow": "serviceAccount",
};
export const workloads = Object.keys(accountPaths);

const httpTarget = ["oidcToken", "oauthToken"].map((token) => `httpTarget.${token}.serviceAccountEmail`);
/** Where whoever only calls others names the account that it calls by. */
export const callerPaths: Readonly<Record<string, readonly string[]>> = {
  "gcp:eventarc/trigger:Trigger": ["serviceAccount"],
  "gcp:pubsub/subscription:Subscription": ["pushConfig.oidcToken.serviceAccountEmail"],
  "gcp:cloudscheduler/job:Job": httpTarget,
  "gcp:cloudtasks/queue:Queue": httpTarget,
};
export const callers = Object.keys(callerPaths);

/** A caller's account may call; one that is a workload's may do whatever that does, and the workload may call itself. */
export function callerAccount(resource: ResourceView, stack: StackView): Finding | undefined {
  const paths = callerPaths[resource.type] ?? [];
  const path = paths.find((one) => known(resource.props, one).state !== "absent");
  if (path === undefined) return undefined;
  const value = known(resource.props, path);
  if (value.state === "value" && typeof value.value === "string" && isDefaultAccount(value.value))
    return fail("it calls as the project's default account: give it a service account of its own");
  const [property = path] = path.split(".");
  const claim = { resource, value, candidates: candidates(resource, stack, property, [accountType]) };
  const twin = twinOf(claim, workloadAccounts(stack));
  return twin
    ? fail(`it calls by the account that "${twin.resource.name}" runs as: give each its own`)
    : pass("it calls by an account that nothing runs as");
}

const accountType = "gcp:serviceaccount/account:Account";

export const workloadAccounts = perStack((stack: StackView): readonly Claim[] =>
  stack.ofType(...workloads).map((resource) => {
    const path = accountPaths[resource.type] ?? "";
    const [property = ""] = path.split(".");
    return {
      resource,
      value: known(resource.props, path),
      candidates: candidates(resource, stack, property, [accountType]),
    };
  }),
);
