import { each, type Fixes, otherwise } from "./fix";
import { iamOf, memberIs } from "./gcp-iam";
import { admitting, byMessage, resourceStatements, trusting } from "./iam-documents";

const ownAccount = 'Condition: { StringEquals: { "aws:SourceAccount": accountId } }';
const subject =
  'Condition: { StringEquals: {\n  "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",\n  "token.actions.githubusercontent.com:sub": "repo:acme/shop:ref:refs/heads/main",\n} }';
const fromPool = 'pulumi.concat("principalSet://iam.googleapis.com/", pool.name, "/attribute.repository_id/123456")';

/** Identities of workloads, and whom resources and roles trust. */
export const trustFixes: Fixes = {
  "IAM-04": {
    "aws:lambda/function:Function": "role: ownRole.arn",
    ...each(
      [
        "azure-native:web:WebApp",
        "azure-native:web:WebAppSlot",
        "azure-native:app:ContainerApp",
        "azure-native:app:Job",
      ],
      'identity: { type: "UserAssigned", userAssignedIdentities: [own.id] }',
    ),
    "gcp:cloudfunctionsv2/function:Function": "serviceConfig: { …, serviceAccountEmail: own.email }",
    "gcp:cloudfunctions/function:Function": "serviceAccountEmail: own.email",
    ...each(
      ["gcp:cloudrunv2/service:Service", "gcp:cloudrunv2/workerPool:WorkerPool"],
      "template: { …, serviceAccount: own.email }",
    ),
    "gcp:cloudrunv2/job:Job": "template: { …, template: { …, serviceAccount: own.email } }",
    "gcp:cloudrun/service:Service": "template: { …, spec: { …, serviceAccountName: own.email } }",
    ...each(["gcp:workflows/workflow:Workflow", "gcp:eventarc/trigger:Trigger"], "serviceAccount: own.email"),
    "gcp:pubsub/subscription:Subscription": "pushConfig: { …, oidcToken: { …, serviceAccountEmail: own.email } }",
    ...each(
      ["gcp:cloudscheduler/job:Job", "gcp:cloudtasks/queue:Queue"],
      "httpTarget: { …, oidcToken: { …, serviceAccountEmail: own.email } }",
    ),
    "gcp:apigateway/apiConfig:ApiConfig": "gatewayConfig: { backendConfig: { googleServiceAccount: own.email } }",
    ...memberIs("own.member", iamOf.all),
  },
  "IAM-06": {
    ...byMessage([/another account/, admitting], [otherwise, resourceStatements(ownAccount)]),
    "aws:iam/role:Role": [
      [/SourceArn/, trusting(ownAccount)],
      [/in an account/, trusting("Principal: { AWS: caller.arn }")],
      [otherwise, trusting(subject)],
    ],
    "aws:lambda/permission:Permission": [
      [/another account/, "principal: caller.arn"],
      [otherwise, "sourceArn: source.arn"],
    ],
    ...each(
      ["aws:cloudwatch/eventPermission:EventPermission", "aws:lambda/layerVersionPermission:LayerVersionPermission"],
      "principal: accountId",
    ),
    "aws:cognito/identityPool:IdentityPool": "allowUnauthenticatedIdentities: false",
    "azure-native:managedidentity:FederatedIdentityCredential":
      'issuer: "https://token.actions.githubusercontent.com", subject: "repo:acme/shop:ref:refs/heads/main",\n  audiences: ["api://AzureADTokenExchange"]',
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider":
      "attributeCondition: 'assertion.repository_id == \"123456\"'",
    ...byMessage([/of a pool/, memberIs(fromPool, iamOf.all)], [otherwise, memberIs("own.member", iamOf.all)]),
    "gcp:pubsub/subscription:Subscription": "pushConfig: { …, oidcToken: { serviceAccountEmail: pusher.email } }",
    ...each(
      ["gcp:cloudscheduler/job:Job", "gcp:cloudtasks/queue:Queue"],
      "httpTarget: { …, oidcToken: { serviceAccountEmail: caller.email } }",
    ),
  },
};
