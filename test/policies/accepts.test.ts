/** What controls must let through: a control that cries wolf is switched off. */
import assert from "node:assert/strict";
import type { DataClass } from "../../policies";
import { awsStack, tlsOnly } from "./support/aws";
import { azureStack, definition, group } from "./support/azure";
import { gcpStack } from "./support/gcp";
import { besideEdges, judge } from "./support/judge";
import { json, type Mode, modes, Out, type Stack, text } from "./support/stack";

const subscription = "/subscriptions/5f1f6a3e-6f0e-4c1e-9a55-1b0f3a6f2c11";
const key = new Out("key", "arn:aws:kms:eu-central-1:111122223333:key/0a1b");
const statement = (more: object) =>
  json({ Statement: [{ Effect: "Allow", Action: "sqs:SendMessage", ...more }, tlsOnly] });

interface Accepted {
  readonly name: string;
  readonly stack: () => Stack;
  readonly dataClass?: DataClass;
  readonly modes?: readonly Mode[];
}
const change = (make: () => Stack, edit: (stack: Stack) => unknown) => () => {
  const stack = make();
  edit(stack);
  return stack;
};

const accepted: readonly Accepted[] = [
  {
    name: "SQS's own encryption for internal data",
    dataClass: "internal",
    stack: change(awsStack, (s) => s.set("queue", { kmsMasterKeyId: undefined, sqsManagedSseEnabled: true })),
  },
  {
    name: "AWS's key for internal data",
    dataClass: "internal",
    stack: change(awsStack, (s) => s.set("topic", { kmsMasterKeyId: "alias/aws/sns" })),
  },
  {
    name: "a table without a key for internal data",
    dataClass: "internal",
    stack: change(awsStack, (s) => s.set("table", { serverSideEncryption: undefined })),
  },
  {
    name: "a Standard namespace for internal data",
    dataClass: "internal",
    stack: change(azureStack, (s) => s.set("bus", { sku: { name: "Standard" }, encryption: undefined })),
  },
  {
    name: "a topic and a database without a key for internal data",
    dataClass: "internal",
    stack: change(gcpStack, (s) =>
      s.set("topic", { kmsKeyName: undefined }).set("database", { cmekConfig: undefined }),
    ),
  },
  { name: "an alias of one's own", stack: change(awsStack, (s) => s.set("queue", { kmsMasterKeyId: "alias/shop" })) },
  {
    name: "a leading Deny of everything",
    stack: change(awsStack, (s) =>
      s.set("fulfil-policy", { policy: json({ Statement: [{ Effect: "Deny", Action: "*", Resource: "*" }] }) }),
    ),
  },
  {
    name: "a queue policy for anyone of one's own organization",
    stack: change(awsStack, (s) =>
      s.set("queue-policy", {
        policy: statement({
          Principal: "*",
          Resource: "arn:aws:sqs:eu-central-1:111122223333:queue",
          Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } },
        }),
      }),
    ),
  },
  {
    name: "a foundation's activity log setting, on the subscription of its resource group",
    stack: change(azureStack, (s) => {
      s.set("foundation", { audit: { create: true } });
      const logs = ["Administrative", "Security", "Alert", "Policy"].map((category) => ({ category, enabled: true }));
      const resourceUri = new Out("group", subscription);
      s.add(
        "azure-native:monitor:DiagnosticSetting",
        "activity",
        { resourceUri, workspaceId: new Out("workspace", "w"), logs },
        "foundation",
      );
    }),
  },
  {
    name: "a database's condition that is known after deployment",
    stack: change(gcpStack, (s) =>
      s.set("data", {
        condition: { expression: text('resource.name == "', new Out("database", "projects/shop/databases/shop"), '"') },
      }),
    ),
  },
  {
    name: "a route for callers of IAM, and one behind an authorizer of one's own",
    stack: change(awsStack, (s) =>
      s.set("place", { authorizationType: "AWS_IAM" }).set("read", { authorizationType: "CUSTOM" }),
    ),
  },
  {
    name: "REST methods that authenticate, show a key, or answer a preflight",
    stack: change(awsStack, (s) => {
      s.add("aws:apigateway/method:Method", "a", { authorization: "AWS_IAM", httpMethod: "POST" });
      s.add("aws:apigateway/method:Method", "b", { authorization: "NONE", apiKeyRequired: true, httpMethod: "POST" });
      s.add("aws:apigateway/method:Method", "c", { authorization: "NONE", httpMethod: "OPTIONS" });
    }),
  },
  {
    name: "a function that another account's role may invoke",
    stack: change(awsStack, (s) =>
      s.set("front-permission", { principal: "arn:aws:iam::444455556666:role/caller", sourceArn: undefined }),
    ),
  },
  {
    name: "replicas with keys of their regions",
    stack: change(awsStack, (s) =>
      s
        .set("table", {
          replicas: [
            { regionName: "eu-west-1", kmsKeyArn: key, pointInTimeRecovery: true, deletionProtectionEnabled: true },
            {
              regionName: "eu-west-2",
              kmsKeyArn: "arn:aws:kms:eu-west-2:111122223333:key/1",
              pointInTimeRecovery: true,
              deletionProtectionEnabled: true,
            },
          ],
        })
        .add("aws:dynamodb/tableReplica:TableReplica", "replica", {
          kmsKeyArn: key,
          pointInTimeRecovery: true,
          deletionProtectionEnabled: true,
        }),
    ),
  },
  {
    name: "an attached policy of this stack",
    stack: change(awsStack, (s) => {
      const policy = s.add("aws:iam/policy:Policy", "policy", {
        policy: statement({ Resource: "arn:aws:sqs:eu-central-1:111122223333:queue" }),
      });
      s.add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attach", {
        policyArn: policy("arn:aws:iam::111122223333:policy/p"),
      });
    }),
  },
  {
    name: "the bucket that functions are built from, by its name",
    stack: change(gcpStack, (s) =>
      s.set("data", {
        role: "roles/storage.objectViewer",
        condition: { expression: 'resource.name.startsWith("projects/_/buckets/gcf-v2-sources-1-r")' },
      }),
    ),
  },
  {
    name: "one instance of Cloud SQL, in a condition with a time",
    stack: change(gcpStack, (s) =>
      s.set("trace", {
        role: "roles/cloudsql.client",
        condition: {
          expression: "resource.name == 'projects/shop/instances/shop' && request.time.getHours('UTC') < 18",
        },
      }),
    ),
  },
  {
    name: "calls of workflows and queries, which a project's role allows",
    stack: change(gcpStack, (s) =>
      ["workflows.invoker", "bigquery.jobUser"].forEach((role) => {
        s.add("gcp:projects/iAMMember:IAMMember", role, {
          role: `roles/${role}`,
          member: "serviceAccount:report@shop.iam.gserviceaccount.com",
        });
      }),
    ),
  },
  {
    name: "writing to a dataset",
    stack: change(gcpStack, (s) =>
      s.add("gcp:bigquery/datasetIamMember:DatasetIamMember", "rows", {
        role: "roles/bigquery.dataEditor",
        member: "serviceAccount:report@shop.iam.gserviceaccount.com",
      }),
    ),
  },
  {
    name: "a service of Google's by the role made for it",
    stack: change(gcpStack, (s) =>
      s.add("gcp:projects/iAMMember:IAMMember", "eventarc", {
        role: "roles/eventarc.serviceAgent",
        member: "serviceAccount:service-42@gcp-sa-eventarc.iam.gserviceaccount.com",
      }),
    ),
  },
  {
    name: "an API key for named services",
    stack: change(gcpStack, (s) =>
      s.add("gcp:projects/apiKey:ApiKey", "api-key", {
        restrictions: { apiTargets: [{ service: "a.apigateway.shop.cloud.goog" }] },
      }),
    ),
  },
  {
    name: "the objects of one bucket, the indexes of one table, the streams of one log group",
    stack: change(awsStack, (s) =>
      s.set("fulfil-policy", {
        policy: statement({
          Resource: [
            "arn:aws:s3:::bucket/*",
            "arn:aws:dynamodb:eu-central-1:111122223333:table/orders/index/*",
            "arn:aws:logs:eu-central-1:111122223333:log-group:/shop/a:*",
          ],
        }),
      }),
    ),
  },
  {
    name: "a queue policy for a service, under a condition",
    stack: change(awsStack, (s) =>
      s.set("queue-policy", {
        policy: statement({
          Principal: { Service: "events.amazonaws.com" },
          Resource: "arn:aws:sqs:eu-central-1:111122223333:queue",
          Condition: { ArnEquals: { "aws:SourceArn": "arn:aws:events:eu-central-1:111122223333:rule/r" } },
        }),
      }),
    ),
  },
  {
    name: "a key of Lambda's default log group name",
    stack: change(awsStack, (s) =>
      s.set("fulfil", { loggingConfig: undefined }).set("fulfil-logs", { name: "/aws/lambda/fulfil" }),
    ),
  },
  {
    name: "an audit configuration in place of a foundation",
    stack: change(gcpStack, (s) =>
      s.remove("foundation").add("gcp:projects/iAMAuditConfig:IAMAuditConfig", "audit", {
        service: "allServices",
        auditLogConfigs: ["ADMIN_READ", "DATA_READ", "DATA_WRITE"].map((logType) => ({ logType })),
      }),
    ),
  },
  {
    name: "an app that is not reachable from the internet",
    stack: change(azureStack, (s) => s.remove("front-auth").set("front", { publicNetworkAccess: "Disabled" })),
  },
  {
    name: "an app that admits nobody",
    stack: change(azureStack, (s) => s.set("front-auth", { identityProviders: undefined })),
  },
  {
    name: "a vault whose access policies list what they grant",
    stack: change(azureStack, (s) =>
      s.set("vault", { "properties.accessPolicies": [{ permissions: { keys: ["get", "wrapKey", "unwrapKey"] } }] }),
    ),
  },
  {
    name: "a policy that allows nothing",
    stack: change(awsStack, (s) => s.set("fulfil-policy", { policy: json({ Statement: [] }) })),
  },
  {
    name: "a web app that runs no functions",
    stack: change(azureStack, (s) =>
      s
        .remove("front-auth")
        .set("front", { kind: "app,linux", identity: undefined, siteConfig: { minTlsVersion: "1.2" } }),
    ),
  },
  {
    name: "an identity that Azure made for one app",
    stack: change(azureStack, (s) => s.set("front", { identity: { type: "SystemAssigned" } })),
  },
  {
    name: "data roles, such as the owner of a host's blobs",
    stack: change(azureStack, (s) =>
      s.set("front-receive", {
        roleDefinitionId: definition("b7e6dc6d-f1e8-4753-8033-0f276bb0955b"),
        scope: `${group}/providers/Microsoft.Storage/storageAccounts/store`,
      }),
    ),
  },
  {
    name: "the default log bucket, configured",
    stack: change(gcpStack, (s) => s.remove("sink").set("logs", { bucketId: "_Default" })),
  },
  {
    name: "identities unknown but each from an account of its own, beside one they share in a variable",
    modes: ["preview"],
    stack: gcpStack,
  },
];

describe("what satisfies the controls", () => {
  for (const { name, stack, dataClass, modes: only } of accepted) {
    for (const mode of only ?? modes) {
      it(`${name} (${mode})`, () => {
        assert.deepEqual(
          judge(stack(), mode, dataClass, besideEdges()).filter(({ verdict }) => verdict !== "pass"),
          [],
        );
      });
    }
  }

  it("internal data is encrypted all the same: a queue or topic in clear fails", () => {
    const stack = awsStack().set("queue", { kmsMasterKeyId: undefined }).set("topic", { kmsMasterKeyId: undefined });
    const failed = judge(stack, "deployed", "internal").filter(({ verdict }) => verdict === "fail");
    assert.deepEqual(
      failed.map(({ urn }) => urn),
      [stack.urn("queue"), stack.urn("topic")].sort(),
    );
  });
});
