import { each, type Fixes, otherwise } from "./fix";
import { iamOf, iamTypes, roleOfOne } from "./gcp-iam";
import {
  admitting,
  admittingOnly,
  assumedBy,
  byMessage,
  identityPolicies,
  ownStatements,
  sends,
} from "./iam-documents";

const attachments = ["role", "user", "group", ""].map((of) => {
  const name = of === "" ? "policyAttachment" : `${of}PolicyAttachment`;
  return `aws:iam/${name}:${name[0]?.toUpperCase()}${name.slice(1)}`;
});
const exclusive = ["role", "user", "group"].map(
  (of) => `aws:iam/${of}PolicyAttachmentsExclusive:${of[0]?.toUpperCase()}${of.slice(1)}PolicyAttachmentsExclusive`,
);
const attached = { ...each(attachments, "policyArn: send.arn"), ...each(exclusive, "policyArns: [send.arn]") };

const aboveResources = iamTypes(iamOf.above);
const ofRole = "aws:iam/role:Role";
const dataRole =
  'roleDefinitionId: pulumi.concat("/subscriptions/", subscriptionId,\n  "/providers/Microsoft.Authorization/roleDefinitions/69a216fc-b8fb-44d8-bc22-1f3c2cd27a39") /* Azure Service Bus Data Sender */';
const onResource =
  'new azure.authorization.RoleAssignment("$-send", { principalId: identity.principalId, principalType: "ServicePrincipal", scope: queue.id,\n  roleDefinitionId: pulumi.concat("/subscriptions/", subscriptionId,\n    "/providers/Microsoft.Authorization/roleDefinitions/69a216fc-b8fb-44d8-bc22-1f3c2cd27a39") }) // in place of this one';
const onSecret =
  'new azure.authorization.RoleAssignment("$-read", { principalId: identity.principalId, principalType: "ServicePrincipal", scope: secret.id,\n  roleDefinitionId: pulumi.concat("/subscriptions/", subscriptionId,\n    "/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6") /* Key Vault Secrets User */ }) // in place of this one';
const readers =
  'properties: { …, authorizations: [{ principalId, roleDefinitionId: "acdd72a7-3385-48ef-bd42-f606fba81ae7" /* Reader */ }], eligibleAuthorizations: undefined }';
const dataActions =
  'permissions: [{ actions: [], dataActions: ["Microsoft.ServiceBus/namespaces/messages/send/action"] }]';
const customRoles = each(
  ["gcp:projects/iAMCustomRole:IAMCustomRole", "gcp:organizations/iAMCustomRole:IAMCustomRole"],
  'permissions: ["pubsub.topics.publish"]',
);
const onTopic =
  'new gcp.pubsub.TopicIAMMember("$-send", { topic: topic.name, role: "roles/pubsub.publisher", member }) // in place of this one';
const onAccount =
  'new gcp.serviceaccount.IAMMember("$-act-as", { serviceAccountId: account.name, role: "roles/iam.serviceAccountUser", member }) // in place of this one';
const onDatabase =
  "condition: { title: \"one database\", expression: pulumi.concat('resource.name == \"', database.id, '\"') }";

const passes =
  '{\n  Effect: "Allow", Action: ["iam:PassRole"], Resource: task.arn,\n  Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },\n}';
const assumes = '{ Effect: "Allow", Action: ["sts:AssumeRole"], Resource: role.arn }';
const declared =
  "// remove this resource, and list what the handler needs under uses of its component: uses: { queue: queue.sender() }";

export const permissionFixes: Fixes = {
  "IAM-02": {
    ...identityPolicies(sends),
    [ofRole]: [
      [/assume the role|NotPrincipal|no principal/, assumedBy('{ Service: "lambda.amazonaws.com" }')],
      [/managed policy|managedPolicyArns/, ownStatements],
      [otherwise, identityPolicies(sends)[ofRole] ?? ""],
    ],
    ...byMessage([/Allow with Not|cannot be read/, admittingOnly], [otherwise, admitting]),
    "aws:iot/policy:Policy":
      'policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: ["iot:Publish"], Resource: topicArn }] })',
    ...attached,
    "azure-native:authorization:RoleAssignment": dataRole,
    "azure-native:authorization:RoleDefinition": dataActions,
    "azure-native:cosmosdb:SqlResourceSqlRoleDefinition":
      'permissions: [{ dataActions: ["Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read"] }]',
    "azure-native:authorization:PimRoleEligibilitySchedule": dataRole,
    "azure-native:managedservices:RegistrationDefinition": readers,
    "azure-native:keyvault:AccessPolicy":
      'policy: { …, permissions: { keys: ["wrapKey", "unwrapKey"], secrets: ["get"] } }',
    "azure-native:keyvault:Vault":
      'properties: { …, accessPolicies: [{ …, permissions: { keys: ["wrapKey", "unwrapKey"], secrets: ["get"] } }] }',
    ...roleOfOne(iamOf.all),
    ...each(aboveResources, onTopic),
    ...customRoles,
  },
  "IAM-03": {
    ...identityPolicies(sends),
    [ofRole]: [
      [/policy of AWS's/, ownStatements],
      [otherwise, identityPolicies(sends)[ofRole] ?? ""],
    ],
    ...attached,
    "azure-native:authorization:RoleAssignment": "scope: queue.id",
    "azure-native:authorization:PimRoleEligibilitySchedule": onResource,
    "azure-native:keyvault:AccessPolicy": onSecret,
    ...each(
      ["Sql", "Gremlin"].map((api) => `azure-native:cosmosdb:${api}Resource${api}RoleAssignment`),
      'scope: pulumi.concat(account.id, "/dbs/", database.name)',
    ),
    "azure-native:cosmosdb:TableResourceTableRoleAssignment":
      'scope: pulumi.concat(account.id, "/tables/", table.name)',
    "azure-native:cosmosdb:CassandraResourceCassandraRoleAssignment":
      'scope: pulumi.concat(account.id, "/keyspaces/", keyspace.name)',
    "azure-native:authorization:RoleDefinition": 'assignableScopes: [pulumi.concat("/subscriptions/", subscriptionId)]',
    "azure-native:keyvault:Vault": "properties: { …, enableRbacAuthorization: true }",
    "azure-native:apimanagement:Subscription": "scope: api.id",
    ...each(aboveResources, onTopic),
    ...each(
      aboveResources.filter((type) => !type.endsWith("Policy")),
      [
        [/condition/, onDatabase],
        [otherwise, onTopic],
      ] as const,
    ),
  },
  "IAM-08": {
    ...byMessage(
      [/PassRole/, identityPolicies(passes)],
      [/on a pattern/, identityPolicies(assumes)],
      [otherwise, identityPolicies(sends)],
    ),
    ...each(iamTypes({ "serviceaccount/iAM": "" }), "serviceAccountId: account.name"),
    "aws:kms/grant:Grant": 'operations: ["Encrypt", "Decrypt", "GenerateDataKey"]',
    "azure-native:authorization:RoleAssignment": dataRole,
    "azure-native:authorization:PimRoleEligibilitySchedule": dataRole,
    "azure-native:managedservices:RegistrationDefinition": readers,
    "azure-native:authorization:RoleDefinition": dataActions,
    ...each(aboveResources, onAccount),
    ...customRoles,
  },
  "IAM-09": each(
    [
      ofRole,
      "aws:iam/rolePolicy:RolePolicy",
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      "aws:iam/policyAttachment:PolicyAttachment",
      "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
      "aws:kms/grant:Grant",
      ...Object.keys(admitting),
      "azure-native:authorization:RoleAssignment",
      "azure-native:cosmosdb:SqlResourceSqlRoleAssignment",
      ...iamTypes(iamOf.all),
    ],
    declared,
  ),
};
