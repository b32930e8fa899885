import { isUnknown, known } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { texts } from "../expect";
import { hasWildcard } from "../globs";
import { insteadOf, type Registered, registeredGrants } from "../grants";
import { cannotBeScoped } from "./arns";
import { broadPolicies, identityDocuments, isBoundary, trustDocuments } from "./policies";
import { isAccountRoot, parsePolicy, type Statement } from "./policy-document";

/** Says what is too broad in an allowing statement. */
type Judge = (statement: Statement, resource: ResourceView) => string | undefined;

function negations({ notActions, notResources, notPrincipals }: Statement): string | undefined {
  if (notActions.length > 0) return "Allow with NotAction grants everything else: list the actions";
  if (notResources.length > 0) return "Allow with NotResource grants everything else: list the resources";
  return notPrincipals.length > 0 ? "Allow with NotPrincipal admits everybody else: list the principals" : undefined;
}

function actionFault(actions: readonly string[]): string | undefined {
  return actions.some(hasWildcard) ? "an action holds a wildcard: list the actions that are used" : undefined;
}

function resourceFault(actions: readonly string[], resources: readonly string[]): string | undefined {
  return resources.some((one) => one === "*") && !cannotBeScoped(actions)
    ? "Resource is *: name the resource"
    : undefined;
}

const identityStatement: Judge = (statement) =>
  negations(statement) ?? actionFault(statement.actions) ?? resourceFault(statement.actions, statement.resources);

const trustStatement: Judge = (statement) =>
  negations(statement) ??
  actionFault(statement.actions) ??
  (statement.principals.length === 0 ? "it names no principal" : undefined) ??
  (statement.principals.includes("*") && !statement.narrowed
    ? "anyone may assume the role: name the principal"
    : undefined);

/** A search domain in a network of the owner's is reached from there alone. */
const isWithinNetwork = (type: string, props: unknown): boolean =>
  /^aws:(opensearch|elasticsearch)\/domain:/.test(type) && known(props, "vpcOptions").state !== "absent";

/** In a policy of the resource itself Resource adds nothing, and a key hands its administration to the account. */
export const resourceStatement: Judge = (statement, { type, props }) => {
  const administration =
    type.startsWith("aws:kms/") && statement.principals.length > 0 && statement.principals.every(isAccountRoot);
  if (administration) return negations(statement);
  // A REST API answers to everyone who authenticates: whether its methods ask for that is IAM-01's.
  const elsewhere = type.startsWith("aws:apigateway/") || isWithinNetwork(type, props);
  const open = statement.principals.includes("*") && !statement.narrowed && !elsewhere;
  return (
    negations(statement) ??
    actionFault(statement.actions) ??
    (statement.principals.length === 0 ? "it names no principal" : undefined) ??
    (open ? "Principal is *, and no condition says whose: name who is admitted" : undefined)
  );
};

/** What an identity may do; what only bounds it grants nothing. */
export function identityPolicy(resource: ResourceView, stack: StackView): Finding[] {
  if (isBoundary(resource, stack)) return [pass("it bounds permissions and grants none")];
  return identityDocuments(resource).flatMap((content) => document(content, resource, stack, identityStatement));
}

/** Judges every allowing statement, so that an unknown one hides no fault of another. */
export function document(content: unknown, resource: ResourceView, stack: StackView, judge: Judge): Finding[] {
  const parsed = parsePolicy(content);
  if (parsed.state === "malformed") return [fail(`its policy document cannot be read: ${parsed.fault}`)];
  const findings = parsed.statements.map((statement, index) => {
    const fault = statement.allow ? judge(statement, resource) : undefined;
    if (fault !== undefined) return fail(`statement ${index + 1}: ${fault}`);
    return statement.allow && statement.actions.some(isUnknown)
      ? undetermined(`statement ${index + 1}: an action is known after deployment only`)
      : pass("its statements hold no wildcard");
  });
  if (parsed.state === "unknown" && !findings.some(({ verdict }) => verdict === "fail"))
    return fromGrants(registeredGrants(resource, stack));
  return findings.length > 0 ? findings : [pass("it allows nothing")];
}

/** The grants of the owning component in place of a document that is unknown until deployment. */
function fromGrants(grants: Registered | undefined): Finding[] {
  if (!grants)
    return [
      undetermined("its policy document is known after deployment only, and no component registers grants for it"),
    ];
  const note = insteadOf("its policy document", grants);
  const findings = grants.rendered.map((rendered) => {
    const [actions, resources] = [texts(rendered.actions), texts(rendered.resource)];
    const fault = actionFault(actions ?? []) ?? resourceFault(actions ?? [], resources ?? []);
    if (fault !== undefined) return fail(`${note}: ${fault}`);
    const told = actions && actions.length > 0 && !actions.some(isUnknown) && resources;
    return told ? pass(`${note}: no wildcard`) : undetermined(`${note}, which do not say the actions`);
  });
  return findings.length > 0 ? findings : [pass(note)];
}

/** A policy's ARN, or a list of them. One that is unknown is judged by itself where it is this stack's. */
export function attachment(resource: ResourceView, stack: StackView, property = "policyArn"): Finding {
  const policy = known(resource.props, property);
  if (policy.state === "absent") return fail("it attaches no policy");
  const arns = policy.state === "value" ? texts(policy.value) : [];
  if (!arns || arns.includes("")) return fail(`${property} is no ARN`);
  if (arns.some((arn) => broadPolicies.test(arn)))
    return fail("it attaches a managed policy of full access or administration: write the statements that are used");
  if (policy.state === "value" && !arns.some(isUnknown)) return pass("it attaches no managed policy of full access");
  return stack.dependencies(resource, property).some(({ type }) => type === "aws:iam/policy:Policy")
    ? pass("it attaches a policy of this stack, which is judged by itself")
    : undetermined(`${property} is known after deployment only`);
}

export function role(resource: ResourceView, stack: StackView): Finding[] {
  const attached = known(resource.props, "managedPolicyArns");
  if (attached.state === "value" && !Array.isArray(attached.value)) return [fail("managedPolicyArns is no list")];
  return [
    ...trustDocuments(resource).flatMap((content) => document(content, resource, stack, trustStatement)),
    ...(attached.state === "absent" ? [] : [attachment(resource, stack, "managedPolicyArns")]),
  ];
}
