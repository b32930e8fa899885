/** Statements that trust a service or another account: on whose behalf they let it act. */
import { known, valueAt } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { textsOf } from "../../settings";
import { cloudOf } from "../../types";
import { demands } from "../demands";
import { isExact } from "../globs";
import { insteadOf, registeredGrants } from "../grants";
import { accountOf, holdsAccount, sharedWithAccount, whose } from "./accounts";
import { demandsValue, isOwnArn } from "./conditions";
import { trustDocuments } from "./policies";
import { parsePolicy, type Statement } from "./policy-document";
import { resourceDocuments } from "./resource-policies";
import { trustFault } from "./web-identity";

/** What is wrong with a statement, or that it cannot be told. */
type Judge = (statement: Statement, stack: StackView, all: readonly Statement[]) => string | Finding | undefined;

/** A document that cannot be read is IAM-02's. */
function judged(content: unknown, resource: ResourceView, stack: StackView, judge: Judge): Finding[] {
  const parsed = parsePolicy(content);
  if (parsed.state === "malformed") return [];
  const faults = parsed.statements.flatMap((statement, index) => {
    const fault = statement.allow ? judge(statement, stack, parsed.statements) : undefined;
    if (fault === undefined) return [];
    return [typeof fault === "string" ? fail(`statement ${index + 1}: ${fault}`) : fault];
  });
  if (parsed.state === "unknown" && faults.length === 0) {
    const grants = registeredGrants(resource, stack);
    return [
      grants
        ? pass(insteadOf("its policy document", grants))
        : undetermined("its policy document is known after deployment only"),
    ];
  }
  return faults.length > 0 ? faults : [pass("it names whom it trusts, and on whose behalf")];
}

const serviceFault = "it trusts a service on anybody's behalf: add a condition on aws:SourceArn or aws:SourceAccount";
const isService = (principal: string) => principal.startsWith("Service:");

/** A key may be held to what it encrypts instead of to who asks. */
const encrypts = ({ conditions }: Statement) =>
  demandsValue(
    conditions,
    (key) => key.startsWith("kms:encryptioncontext:"),
    (value) => isExact(value) || isOwnArn(value),
  );

/** Policies of resources: every service that acts for its customers. */
export const resourcePolicy = (resource: ResourceView, stack: StackView): Finding[] =>
  resourceDocuments(resource).flatMap((content) =>
    judged(content, resource, stack, (statement, _, all) => {
      const bound = statement.narrowed || (resource.type.startsWith("aws:kms/") && encrypts(statement));
      if (statement.principals.some(isService) && !bound) return serviceFault;
      return sharedWithAccount(statement, all, resource, stack);
    }),
  );

/** Services that assume a role which any customer of theirs could name; the others take roles of their caller's account only. */
const deputies = new RegExp(
  `^Service:(${[
    "appstream|appsync|bedrock|cloudtrail|config|delivery\\.logs|events|firehose|fis|iot|logs|osis-pipelines",
    "personalize|pipes|rekognition|scheduler|ses|sns|ssm|states|streams\\.metrics\\.cloudwatch|transfer",
  ].join("|")})\\.`,
);

const trust: Judge = (statement, stack) => {
  const { principals, conditions, narrowed } = statement;
  const known = demandsValue(
    conditions,
    (key) => key === "sts:externalid",
    (value) => isExact(value),
  );
  if (principals.some((one) => deputies.test(one)) && !narrowed && !known) return serviceFault;
  if (!known && !holdsAccount(conditions)) {
    const trusted = textsOf(stack, "trustedAccounts");
    const accounts = principals.flatMap((one) => accountOf(one) ?? []);
    // Anyone at all is IAM-02's, as long as no condition names an account.
    if (accounts.some((one) => !trusted.includes(one)) || (principals.includes("*") && narrowed))
      return "everybody in an account may assume the role: name the principal, or add a condition on sts:ExternalId";
  }
  return principals
    .filter((one) => one.startsWith("Federated:"))
    .map((one) => trustFault(one.slice("Federated:".length), conditions))
    .find((fault) => fault !== undefined);
};

export const rolePolicy = (resource: ResourceView, stack: StackView): Finding[] =>
  trustDocuments(resource).flatMap((content) => judged(content, resource, stack, trust));

/** API Gateway is IAM-01's, which holds it to one API. */
export function permission(resource: ResourceView, stack: StackView): Finding | undefined {
  const { props } = resource;
  const principal = known(props, "principal");
  if (principal.state === "unknown") return undetermined("principal is known after deployment only");
  if (principal.state === "absent" || principal.value === "apigateway.amazonaws.com") return undefined;
  if (!/\.amazon(aws)?\.com(\.cn)?$/.test(String(principal.value))) return wholeAccount(resource, stack);
  const literal = ["sourceAccount", "principalOrgId", "eventSourceToken"].map((path) => known(props, path));
  const names = (value: unknown) => typeof value === "string" && isExact(value);
  if (literal.some((one) => one.state === "value" && names(one.value))) return pass("it names on whose behalf");
  const source = known(props, "sourceArn");
  if (source.state === "value" && typeof source.value === "string" && isOwnArn(source.value))
    return pass("it names on whose behalf");
  if (source.state === "unknown" && fromResource(resource, stack, "sourceArn"))
    return pass("its source is a resource of this stack, whose ARN is known after deployment");
  return [source, ...literal].some(({ state }) => state === "unknown")
    ? undetermined("on whose behalf is known after deployment only")
    : fail("it trusts a service on anybody's behalf: set sourceArn or sourceAccount");
}

/** An account by its number or root, of what has one principal in place of a document. */
function wholeAccount({ props }: ResourceView, stack: StackView, organization = "principalOrgId"): Finding {
  const account = accountOf(String(valueAt(props, "principal")));
  if (account === undefined) return pass("it names whom it trusts");
  const organizationId = known(props, organization);
  if (organizationId.state === "value" && isOrganization(organizationId.value))
    return pass("it trusts one organization");
  const side = whose(account, new Set(), stack);
  if (side === "own") return pass("it trusts an account of one's own");
  return side === "unknown" || organizationId.state === "unknown"
    ? undetermined("whether the account that it trusts is one's own is known after deployment only")
    : fail("it trusts everybody in another account: name the principal, or list the account under trustedAccounts");
}

const isOrganization = (value: unknown): boolean => /^o-[a-z0-9]+$/.test(String(value));

const fromResource = (resource: ResourceView, stack: StackView, property: string) =>
  stack.dependencies(resource, property).some(({ type }) => cloudOf(type) === "aws");

/** What has one principal and perhaps an organization instead of a document. */
const layer = "aws:lambda/layerVersionPermission:LayerVersionPermission";
const organizations: Readonly<Record<string, string>> = {
  "aws:cloudwatch/eventPermission:EventPermission": "condition.value",
  [layer]: "organizationId",
};
export const openTypes = Object.keys(organizations);

export function principalOrOrganization(resource: ResourceView, stack: StackView): Finding {
  const { type, props } = resource;
  const path = organizations[type] ?? "";
  const [principal, organization] = [known(props, "principal"), known(props, path)];
  if (principal.state === "value" && principal.value !== "*")
    // A layer can be shared with accounts only.
    return type === layer ? pass("it names whom it trusts") : wholeAccount(resource, stack, path);
  if (organization.state === "value" && isOrganization(organization.value)) return pass("it trusts one organization");
  return principal.state === "unknown" || organization.state === "unknown"
    ? undetermined("whom it trusts is known after deployment only")
    : fail(`it trusts everybody: name the principal, or set ${path} to the organization`);
}

/** A pool of identities gives credentials of the account to whoever it admits. */
export const noGuests = ({ props }: ResourceView): Finding[] =>
  demands(props, "it gives credentials to who has signed in", [
    {
      path: "allowUnauthenticatedIdentities",
      accepts: (value) => value === undefined || value === false,
      unmet: "it gives credentials to guests: set allowUnauthenticatedIdentities to false",
    },
  ]);
