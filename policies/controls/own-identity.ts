import { isObject, isUnknown, type Known, known } from "../known";
import { type Control, type Finding, fail, pass, type ResourceRule, type ResourceView, type StackView } from "../model";
import { isName } from "../names";
import { lambda, roleClaims } from "../rules/aws/role-claims";
import { containerApp } from "../rules/azure/container-apps";
import { isFunctionApp, sameApp, siteTypes } from "../rules/azure/function-app";
import { perStack } from "../rules/expect";
import { defaultMembers, gatewayAccount, isDefaultAccount } from "../rules/gcp/default-accounts";
import { gcpIam } from "../rules/gcp/iam";
import { callerAccount, callers, workloadAccounts, workloads } from "../rules/gcp/workload-accounts";
import { type Claim, candidates, ownOnly } from "../rules/own-identity";

const userIdentity = "azure-native:managedidentity:UserAssignedIdentity";
const containers = [containerApp, "azure-native:app:Job"];
const appClaims = perStack((stack: StackView): readonly Claim[] =>
  stack
    .ofType(...siteTypes, ...containers)
    .filter((one) => containers.includes(one.type) || isFunctionApp(one))
    .map((resource) => ({
      resource,
      value: userAssigned(resource),
      candidates: candidates(resource, stack, "identity", [userIdentity]),
    })),
);

/** The user-assigned identity of an app; absent where it has none. A list, or a map keyed by id. */
function userAssigned({ props }: ResourceView): Known {
  const found = known(props, "identity.userAssignedIdentities");
  if (found.state !== "value") return found;
  const ids = Array.isArray(found.value) ? found.value : isObject(found.value) ? Object.keys(found.value) : [];
  if (ids.length === 0) return { state: "absent" };
  // An app may have one more to fetch its image, as others do: what must differ is all of them together.
  return ids.some(isUnknown)
    ? { state: "unknown" }
    : {
        state: "value",
        value: ids
          .map((id) => String(id).toLowerCase())
          .sort()
          .join(" "),
      };
}

function app(resource: ResourceView, stack: StackView): Finding | undefined {
  if (!containers.includes(resource.type) && !isFunctionApp(resource)) return undefined;
  const type = known(resource.props, "identity.type");
  const kind = type.state === "value" && typeof type.value === "string" ? type.value : "None";
  if (type.state !== "unknown" && !/UserAssigned/.test(kind))
    return /SystemAssigned/.test(kind)
      ? pass("it has the identity that Azure made for it alone")
      : fail("it has no managed identity: assign one of its own");
  // A slot is the next version of its app, and takes its place.
  const others = appClaims(stack).filter((one) => one.resource === resource || !isTwin(one.resource, resource, stack));
  return ownOnly(claimOf(appClaims(stack), resource), others, "managed identity");
}

const isTwin = (one: ResourceView, other: ResourceView, stack: StackView): boolean =>
  [one, other].every(({ type }) => siteTypes.includes(type)) &&
  [one, other].some(({ type }) => type.endsWith("Slot")) &&
  sameApp(one, other, stack);

function workload(resource: ResourceView, stack: StackView): Finding {
  const claim = claimOf(workloadAccounts(stack), resource);
  const { value } = claim;
  if (value.state === "value" && (!isName(value.value) || isDefaultAccount(value.value)))
    return fail("it runs as the project's default account: give it a service account of its own");
  return ownOnly(claim, workloadAccounts(stack), "service account");
}

/** Every judged resource has a claim: both come from the same types. */
function claimOf(claims: readonly Claim[], resource: ResourceView): Claim {
  return (
    claims.find((claim) => claim.resource === resource) ?? { resource, value: { state: "absent" }, candidates: [] }
  );
}

const awsRules: ResourceRule[] = [
  {
    types: [lambda],
    judge: (resource, stack) => ownOnly(claimOf(roleClaims(stack), resource), roleClaims(stack), "role"),
  },
];

export const ownIdentity: Control = {
  id: "IAM-04",
  title: "Every function has an identity of its own",
  why: "A shared identity holds the sum of everybody's permissions: each function can do what any of them may, and the audit trail cannot tell them apart.",
  fix: "One role, managed identity or service account for each function, never the project's default.",
  severity: "high",
  frameworks: {
    gdpr: ["Art. 32(1)(b)"],
    hipaa: ["164.312(a)(2)(i)", "164.312(d)"],
    pciDss: ["7.2.5"],
    soc2: ["CC6.1", "CC6.3"],
    cis: ["6.8"],
    nist80053: ["AC-2", "AC-6", "IA-9"],
  },
  appliesFrom: "internal",
  clouds: {
    aws: awsRules,
    azure: [{ types: [...siteTypes, ...containers], judge: app }],
    gcp: [
      { types: workloads, judge: workload },
      { types: callers, judge: callerAccount },
      { types: gcpIam, judge: defaultMembers },
      { types: ["gcp:apigateway/apiConfig:ApiConfig"], judge: gatewayAccount },
    ],
  },
};
