import { resourcePolicyPath } from "../rules/aws/resource-policies";
import { each, type Fix } from "./fix";
import { resourceActions } from "./resource-actions";

export const sends = '{ Effect: "Allow", Action: ["sqs:SendMessage"], Resource: queue.arn }';
const allowing = (statement: string) => `pulumi.jsonStringify({ Version: "2012-10-17", Statement: [${statement}] })`;
const changed = (members: string) => `pulumi.jsonStringify({ …, Statement: [{ …, ${members} }] })`;

/** A statement in every type that says what an identity may do. */
export const identityPolicies = (statement: string): Readonly<Record<string, string>> => ({
  ...each(
    [
      "aws:iam/rolePolicy:RolePolicy",
      "aws:iam/policy:Policy",
      "aws:iam/userPolicy:UserPolicy",
      "aws:iam/groupPolicy:GroupPolicy",
    ],
    `policy: ${allowing(statement)}`,
  ),
  "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": `inlinePolicy: ${allowing(statement)}`,
  "aws:iam/role:Role": `inlinePolicies: [{ name: "send", policy: ${allowing(statement)} }]`,
});

/** What a role is given in place of a policy that is attached to it. */
export const ownStatements = `new aws.iam.RolePolicy("$-send", { role: $.name, policy: ${allowing(sends)} }) // in place of the managed policy`;

/** Members of the statement by which a role is assumed. */
export const trusting = (members: string): string => `assumeRolePolicy: ${changed(members)}`;
export const assumedBy = (principal: string): string =>
  `assumeRolePolicy: ${allowing(`{ Effect: "Allow", Principal: ${principal}, Action: "sts:AssumeRole" }`)}`;

/** A member of an argument is written within it. */
function argument(type: string, document: string): string {
  const [outer = "", inner] = resourcePolicyPath(`aws:${type}`).split(".");
  return inner === undefined ? `${outer}: ${document}` : `${outer}: { …, ${inner}: ${document} }`;
}

const resourcePolicies = (document: (action: string, type: string) => string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(resourceActions).flatMap(([action, types]) =>
      types.map((type) => [`aws:${type}`, argument(type, document(action, type))]),
    ),
  );
const callerMay = (action: string) => `Principal: { AWS: caller.arn }, Action: ["${action}"]`;

/** Members of the statement in every type that says who may use a resource. */
export const resourceStatements = (members: string): Readonly<Record<string, string>> =>
  resourcePolicies(() => changed(members));
/** Who may do what. */
export const admitting = resourcePolicies((action) => changed(callerMay(action)));
/** Without this a key is administered by nobody. */
const administered = '{ Effect: "Allow", Principal: { AWS: accountId }, Action: "kms:*", Resource: "*" },\n  ';
/** The same as a whole, where keeping other members would keep the fault. A repository's policy takes no Resource. */
export const admittingOnly = resourcePolicies((action, type) => {
  if (type.startsWith("kms/"))
    return allowing(`${administered}{ Effect: "Allow", ${callerMay(action)}, Resource: "*" }`);
  const resource = type.startsWith("ecr/repository") ? "" : ", Resource: resourceArn";
  return allowing(`{ Effect: "Allow", ${callerMay(action)}${resource} }`);
});

/** The fixes of several records for the same types, by what is found. */
export function byMessage(
  ...all: readonly (readonly [about: RegExp, code: Readonly<Record<string, string>>])[]
): Readonly<Record<string, Fix>> {
  const types = new Set(all.flatMap(([, code]) => Object.keys(code)));
  return Object.fromEntries(
    [...types].map((type) => [
      type,
      all.flatMap(([about, code]) => {
        const own = code[type];
        return own === undefined ? [] : [[about, own] as const];
      }),
    ]),
  );
}
