/** The service accounts that workloads on Google Cloud run as. */
import { known } from "../known";
import type { StackView } from "../model";
import { perStack } from "./expect";
import { type Claim, candidates } from "./own-identity";

/** Where each kind of workload names its service account. */
const accountPaths: Readonly<Record<string, string>> = {
  "gcp:cloudfunctionsv2/function:Function": "serviceConfig.serviceAccountEmail",
  "gcp:cloudfunctions/function:Function": "serviceAccountEmail",
  "gcp:cloudrunv2/service:Service": "template.serviceAccount",
  "gcp:cloudrunv2/job:Job": "template.template.serviceAccount",
  "gcp:cloudrunv2/workerPool:WorkerPool": "template.serviceAccount",
  "gcp:cloudrun/service:Service": "template.spec.serviceAccountName",
};
export const workloads = Object.keys(accountPaths);

export const workloadAccounts = perStack((stack: StackView): readonly Claim[] =>
  stack.ofType(...workloads).map((resource) => {
    const path = accountPaths[resource.type] ?? "";
    const [property = ""] = path.split(".");
    return {
      resource,
      value: known(resource.props, path),
      candidates: candidates(resource, stack, property, ["gcp:serviceaccount/account:Account"]),
    };
  }),
);
