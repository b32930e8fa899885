/** What a first preview cannot know: the graph decides where it can, and nothing is passed or failed by guessing. */
import assert from "node:assert/strict";
import type { Outcome } from "../../policies";
import { awsStack } from "./support/aws";
import { azureStack } from "./support/azure";
import { gcpStack } from "./support/gcp";
import { judge } from "./support/judge";
import { kmsKeyArn } from "./support/keys";
import { Out, type Stack, unknown } from "./support/stack";

interface Case {
  readonly control: string;
  readonly at: string;
  readonly property: string;
  /** A resource that the value may come from, and one that it may not. */
  readonly from?: string;
}

const cases: readonly (readonly [() => Stack, readonly Case[]])[] = [
  [
    awsStack,
    [
      { control: "ENC-01", at: "queue", property: "kmsMasterKeyId", from: "key" },
      { control: "ENC-01", at: "topic", property: "kmsMasterKeyId", from: "key" },
      { control: "ENC-03", at: "table", property: "serverSideEncryption.kmsKeyArn", from: "key" },
      { control: "ENC-03", at: "table", property: "serverSideEncryption" },
      { control: "IAM-01", at: "front-permission", property: "sourceArn", from: "gateway" },
      { control: "IAM-01", at: "front-permission", property: "principal" },
      { control: "IAM-01", at: "read", property: "authorizationType" },
      { control: "IAM-01", at: "read", property: "authorizerId", from: "authorizer" },
      { control: "IAM-04", at: "fulfil", property: "role", from: "fulfil-role" },
      { control: "AUD-04", at: "fulfil-logs", property: "retentionInDays" },
      { control: "AUD-04", at: "fulfil", property: "loggingConfig", from: "fulfil-logs" },
    ],
  ],
  [
    azureStack,
    [
      { control: "ENC-01", at: "bus", property: "encryption.keyVaultProperties", from: "key" },
      { control: "ENC-01", at: "bus", property: "sku" },
      { control: "ENC-03", at: "cosmos", property: "keyVaultKeyUri", from: "key" },
      { control: "IAM-01", at: "front", property: "kind" },
      { control: "IAM-02", at: "front-receive", property: "roleDefinitionId", from: "redriver" },
      { control: "IAM-03", at: "front-receive", property: "scope", from: "queue" },
      { control: "IAM-04", at: "front", property: "identity", from: "front-identity" },
      { control: "IAM-05", at: "bus", property: "disableLocalAuth" },
      { control: "AUD-04", at: "workspace", property: "retentionInDays" },
      { control: "AUD-04", at: "front", property: "siteConfig", from: "insights" },
      { control: "IAM-05", at: "front", property: "siteConfig", from: "store" },
    ],
  ],
  [
    gcpStack,
    [
      { control: "ENC-01", at: "topic", property: "kmsKeyName", from: "key" },
      { control: "ENC-03", at: "database", property: "cmekConfig.kmsKeyName", from: "key" },
      { control: "IAM-01", at: "invoke", property: "member", from: "gateway" },
      { control: "IAM-02", at: "publish", property: "role" },
      { control: "IAM-03", at: "trace", property: "role" },
      { control: "IAM-03", at: "data", property: "condition", from: "database" },
      { control: "IAM-04", at: "fulfil", property: "template.serviceAccount", from: "fulfil-account" },
      { control: "AUD-04", at: "logs", property: "retentionDays" },
    ],
  ],
];

function outcomeOf(stack: Stack, { control, at }: Case): Outcome | undefined {
  return judge(stack, "preview").find((one) => one.control === control && one.urn === stack.urn(at))?.verdict;
}

describe("values that a preview does not know", () => {
  for (const [make, of] of cases) {
    for (const one of of) {
      const { control, at, property, from } = one;
      // An app of unknown kind is held to be a function app, and judged as one.
      if (property !== "kind")
        it(`${control}: ${at}.${property} from nowhere is undetermined`, () => {
          assert.equal(outcomeOf(make().set(at, { [property]: unknown }), one), "undetermined");
        });
      if (from !== undefined) {
        it(`${control}: ${at}.${property} from ${from} is a pass`, () => {
          assert.equal(outcomeOf(make().set(at, { [property]: new Out(from, "") }), one), "pass");
        });
        it(`${control}: ${at}.${property} from something else is undetermined`, () => {
          const stack = make();
          stack.add("random:index/randomId:RandomId", "random", {});
          assert.equal(outcomeOf(stack.set(at, { [property]: new Out("random", "") }), one), "undetermined");
        });
      }
    }
  }

  it("a secret that a plan hides is as unknown as any other value", () => {
    const hidden = awsStack().set("queue", { kmsMasterKeyId: "[secret]" });
    assert.equal(outcomeOf(hidden, { control: "ENC-01", at: "queue", property: "" }), "undetermined");
  });
});

/** A change to a compliant stack, and the control that cannot tell any more. */
const changes: readonly (readonly [string, () => Stack, string, string, (stack: Stack) => unknown])[] = [
  [
    "a public binding's policy",
    gcpStack,
    "IAM-01",
    "invoke",
    (s) =>
      s.retype("invoke", "gcp:cloudrunv2/serviceIamPolicy:ServiceIamPolicy").set("invoke", { policyData: unknown }),
  ],
  [
    "a role in a policy",
    gcpStack,
    "IAM-02",
    "invoke",
    (s) =>
      s.retype("invoke", "gcp:cloudrunv2/serviceIamPolicy:ServiceIamPolicy").set("invoke", { policyData: unknown }),
  ],
  [
    "a project's policy",
    gcpStack,
    "IAM-03",
    "trace",
    (s) => s.retype("trace", "gcp:projects/iAMPolicy:IAMPolicy").set("trace", { policyData: unknown }),
  ],
  ["a switch of invoker checks", gcpStack, "IAM-01", "fulfil", (s) => s.set("fulfil", { invokerIamDisabled: unknown })],
  ["how long logs are kept", gcpStack, "AUD-04", "front", (s) => s.set("logs", { retentionDays: unknown })],
  ["a custom role's permissions", gcpStack, "IAM-02", "redriver", (s) => s.set("redriver", { permissions: unknown })],
  [
    "exempted members",
    gcpStack,
    "AUD-01",
    "audit",
    (s) =>
      s.remove("foundation").add("gcp:projects/iAMAuditConfig:IAMAuditConfig", "audit", {
        service: "allServices",
        auditLogConfigs: ["ADMIN_READ", "DATA_READ", "DATA_WRITE"].map((logType) => ({
          logType,
          exemptedMembers: unknown,
        })),
      }),
  ],
  [
    "audited services",
    gcpStack,
    "AUD-01",
    "audit",
    (s) => s.remove("foundation").add("gcp:projects/iAMAuditConfig:IAMAuditConfig", "audit", { service: unknown }),
  ],
  ["app settings", azureStack, "IAM-05", "front", (s) => s.set("front", { "siteConfig.appSettings": unknown })],
  [
    "all of a custom role's permissions",
    azureStack,
    "IAM-02",
    "redriver",
    (s) => s.set("redriver", { permissions: unknown }),
  ],
  [
    "a custom role's permission",
    azureStack,
    "IAM-02",
    "redriver",
    (s) => s.set("redriver", { permissions: [unknown] }),
  ],
  [
    "a custom role's actions",
    azureStack,
    "IAM-02",
    "redriver",
    (s) => s.set("redriver", { permissions: [{ actions: unknown }] }),
  ],
  [
    "a vault's access policies",
    azureStack,
    "IAM-02",
    "vault",
    (s) => s.set("vault", { properties: { accessPolicies: unknown } }),
  ],
  [
    "excluded paths",
    azureStack,
    "IAM-01",
    "front",
    (s) => s.set("front-auth", { "globalValidation.excludedPaths": unknown }),
  ],
  ["identity providers", azureStack, "IAM-01", "front", (s) => s.set("front-auth", { identityProviders: unknown })],
  [
    "whom Entra ID admits",
    azureStack,
    "IAM-01",
    "front",
    (s) => s.set("front-auth", { "identityProviders.azureActiveDirectory.validation": unknown }),
  ],
  ["which app settings belong to", azureStack, "IAM-01", "front", (s) => s.set("front-auth", { name: unknown })],
  ["a namespace's tier", azureStack, "ENC-01", "bus", (s) => s.set("bus", { "sku.name": unknown })],
  [
    "a subscription's setting outside of a foundation",
    azureStack,
    "AUD-01",
    "activity",
    (s) =>
      s.remove("foundation").add("azure-native:monitor:DiagnosticSetting", "activity", {
        resourceUri: unknown,
        workspaceId: new Out("workspace", "w"),
        logs: [{ categoryGroup: "allLogs", enabled: true }],
      }),
  ],
  [
    "an activity log's categories",
    azureStack,
    "AUD-01",
    "activity",
    (s) =>
      s.remove("foundation").add("azure-native:monitor:DiagnosticSetting", "activity", {
        resourceUri: "/subscriptions/s",
        workspaceId: new Out("workspace", "w"),
        logs: unknown,
      }),
  ],
  [
    "how long a foreign workspace keeps logs",
    azureStack,
    "AUD-01",
    "activity",
    (s) =>
      s.remove("foundation").add("azure-native:monitor:DiagnosticSetting", "activity", {
        resourceUri: "/subscriptions/s",
        workspaceId: "elsewhere",
        logs: [{ categoryGroup: "allLogs", enabled: true }],
      }),
  ],
  ["the foundation's trail", awsStack, "AUD-01", "foundation", (s) => s.set("foundation", { audit: unknown })],
  [
    "a trail's regions",
    awsStack,
    "AUD-01",
    "trail",
    (s) =>
      s.remove("foundation").add("aws:cloudtrail/trail:Trail", "trail", {
        isMultiRegionTrail: unknown,
        enableLogFileValidation: true,
        kmsKeyId: kmsKeyArn,
      }),
  ],
  [
    "whether a table's key is switched on",
    awsStack,
    "ENC-03",
    "table",
    (s) => s.set("table", { "serverSideEncryption.enabled": unknown }),
  ],
  ["a table's replicas", awsStack, "ENC-03", "table", (s) => s.set("table", { replicas: unknown })],
  ["a table's replica", awsStack, "ENC-03", "table", (s) => s.set("table", { replicas: [unknown] })],
  ["a replica's key", awsStack, "ENC-03", "table", (s) => s.set("table", { replicas: [{ kmsKeyArn: unknown }] })],
  ["which route a public route is", awsStack, "IAM-01", "place", (s) => s.set("place", { routeKey: unknown })],
  ["what an API declares", awsStack, "IAM-01", "place", (s) => s.set("api", { routes: unknown })],
  [
    "a REST method's authorization",
    awsStack,
    "IAM-01",
    "method",
    (s) => s.add("aws:apigateway/method:Method", "method", { authorization: unknown, httpMethod: "GET" }),
  ],
  [
    "an attached policy from nowhere",
    awsStack,
    "IAM-02",
    "attach",
    (s) => s.add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attach", { policyArn: unknown }),
  ],
  [
    "an action",
    awsStack,
    "IAM-02",
    "fulfil-policy",
    (s) =>
      s.set("fulfil-policy", {
        policy: { Statement: { Effect: "Allow", Action: [unknown], Resource: "arn:aws:sqs:r:1:q" } },
      }),
  ],
  [
    "a resource from nowhere",
    awsStack,
    "IAM-03",
    "fulfil-policy",
    (s) =>
      s.set("fulfil-policy", {
        policy: { Statement: { Effect: "Allow", Action: "sqs:SendMessage", Resource: unknown } },
      }),
  ],
];

describe("further values that a preview does not know", () => {
  for (const [what, make, control, at, change] of changes) {
    it(`${control}: ${what}`, () => {
      const stack = make();
      change(stack);
      assert.equal(outcomeOf(stack, { control, at, property: "" }), "undetermined");
    });
  }
});

describe("a vault's access policies that a preview does not know", () => {
  it("are judged by the grants of the owning component", () => {
    const stack = azureStack();
    stack.add("azure-native:keyvault:Vault", "own-vault", { properties: unknown }, "foundation");
    const vault = { control: "IAM-02", at: "own-vault", property: "" };
    assert.equal(outcomeOf(stack, vault), "undetermined");
    assert.equal(outcomeOf(stack.set("foundation", { grants: [] }), vault), "pass");
    assert.equal(
      outcomeOf(stack.set("foundation", { grants: [{ rendered: [{ role: "Owner", scope: "s" }] }] }), vault),
      "fail",
    );
  });
});

describe("something unknown hides no fault that stands beside it", () => {
  const allow = (more: object) => ({
    Effect: "Allow",
    Action: "sqs:SendMessage",
    Resource: "arn:aws:sqs:r:1:q",
    ...more,
  });
  const faults: readonly (readonly [string, () => Stack, string, string, (stack: Stack) => unknown])[] = [
    [
      "a statement",
      awsStack,
      "IAM-02",
      "fulfil-policy",
      (s) =>
        s.set("fulfil-policy", { policy: { Statement: [allow({ Action: unknown }), allow({ Action: "sqs:*" })] } }),
    ],
    ...(
      [
        ["IAM-02", allow({ Action: "sqs:*" })],
        ["IAM-03", allow({ Resource: "arn:aws:sqs:r:1:*" })],
        ["IAM-08", allow({ Action: "iam:PutRolePolicy" })],
      ] as const
    ).map(
      ([control, one]) =>
        [
          "a whole statement",
          awsStack,
          control,
          "fulfil-policy",
          (s: Stack) => s.set("fulfil-policy", { policy: { Statement: [unknown, one] } }),
        ] as const,
    ),
    [
      "a statement of trust, whose condition is known after deployment",
      awsStack,
      "IAM-06",
      "fulfil-role",
      (s) =>
        s.set("fulfil-role", {
          assumeRolePolicy: {
            Statement: ["lambda", "scheduler"].map((name, index) => ({
              Effect: "Allow",
              Action: "sts:AssumeRole",
              Principal: { Service: `${name}.amazonaws.com` },
              Condition: index === 0 ? unknown : undefined,
            })),
          },
        }),
    ],
    [
      "a resource",
      awsStack,
      "IAM-03",
      "fulfil-policy",
      (s) =>
        s.set("fulfil-policy", {
          policy: { Statement: [allow({ Resource: unknown }), allow({ Resource: "arn:aws:sqs:r:1:*" })] },
        }),
    ],
    [
      "a registered grant",
      awsStack,
      "IAM-02",
      "fulfil-policy",
      (s) =>
        s.set("worker", {
          "grants.1": {
            rendered: [
              { actions: unknown, resource: "q" },
              { actions: ["sqs:*"], resource: "q" },
            ],
          },
        }),
    ],
    ["a replica", awsStack, "ENC-03", "table", (s) => s.set("table", { replicas: [unknown, {}] })],
    [
      "a permission",
      azureStack,
      "IAM-02",
      "redriver",
      (s) => s.set("redriver", { permissions: [unknown, { actions: unknown, dataActions: ["*"] }] }),
    ],
    [
      "a setting",
      azureStack,
      "IAM-01",
      "front",
      (s) => s.set("front-auth", { platform: unknown, "globalValidation.requireAuthentication": false }),
    ],
    [
      "a member",
      gcpStack,
      "IAM-01",
      "invoke",
      (s) =>
        s
          .retype("invoke", "gcp:cloudrunv2/serviceIamBinding:ServiceIamBinding")
          .set("invoke", { members: [unknown, "allUsers"] }),
    ],
    [
      "a role",
      gcpStack,
      "IAM-03",
      "trace",
      (s) =>
        s.retype("trace", "gcp:projects/iAMPolicy:IAMPolicy").set("trace", {
          policyData: JSON.stringify({
            bindings: [
              { role: unknown, members: [] },
              { role: "roles/pubsub.publisher", members: ["user:a@example.org"] },
            ],
          }),
        }),
    ],
  ];
  for (const [what, make, control, at, change] of faults) {
    it(`${control}: ${what}`, () => {
      const stack = make();
      change(stack);
      assert.equal(outcomeOf(stack, { control, at, property: "" }), "fail");
    });
  }
});

describe("app settings that a preview does not know", () => {
  it("are not passed while a service that they come from takes keys", () => {
    const stack = azureStack()
      .set("store", { allowSharedKeyAccess: true })
      .set("front", { siteConfig: new Out("store", "") });
    assert.equal(outcomeOf(stack, { control: "IAM-05", at: "front", property: "" }), "undetermined");
  });
});

describe("roles and scopes that a preview does not know", () => {
  const granted = (...rendered: object[]) => {
    const stack = azureStack();
    stack.component("QueueWorker", "worker", { grants: [{ from: "worker", to: "queue", operations: [], rendered }] });
    stack.add(
      "azure-native:authorization:RoleAssignment",
      "granted",
      { roleDefinitionId: unknown, scope: unknown },
      "worker",
    );
    return stack;
  };
  const scope = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ServiceBus/namespaces/n/queues/q";
  const outcomes = (stack: Stack) =>
    ["IAM-02", "IAM-03"].map((control) => outcomeOf(stack, { control, at: "granted", property: "" }));

  it("are judged by the grants of the owning component", () => {
    assert.deepEqual(outcomes(granted({ role: "Azure Service Bus Data Receiver", scope })), ["pass", "pass"]);
    assert.deepEqual(outcomes(granted({ cosmosRole: "reader", scope: "/dbs/shop/colls/orders" })), ["pass", "pass"]);
    assert.deepEqual(outcomes(granted({ role: "Owner", scope: "/subscriptions/s/resourceGroups/g" })), [
      "fail",
      "fail",
    ]);
    assert.deepEqual(
      outcomes(
        granted({
          cosmosRole: "reader",
          scope: "/subscriptions/s/resourceGroups/g/providers/Microsoft.DocumentDB/databaseAccounts/a",
        }),
      ),
      ["pass", "fail"],
    );
  });

  it("pass where the component grants nothing", () => {
    const stack = granted();
    stack.set("granted", { scope: new Out("queue", scope) });
    assert.deepEqual(outcomes(stack), ["pass", "pass"]);
  });

  it("stay undetermined where these do not say", () => {
    assert.deepEqual(outcomes(granted({ role: unknown, scope: unknown })), ["undetermined", "undetermined"]);
    assert.deepEqual(outcomes(granted({ role: "Owner", scope }, {})), ["fail", "undetermined"]);
    assert.deepEqual(outcomes(granted({})), ["undetermined", "undetermined"]);
    assert.deepEqual(outcomes(granted({ cosmosRole: unknown, scope })), ["undetermined", "fail"]);
    const raw = azureStack();
    raw.add("azure-native:authorization:RoleAssignment", "granted", { roleDefinitionId: unknown, scope: unknown });
    assert.deepEqual(outcomes(raw), ["undetermined", "undetermined"]);
  });
});

describe("policy documents that a preview does not know", () => {
  const policyOf = (stack: Stack, control: string) =>
    judge(stack, "preview").find((one) => one.control === control && one.urn === stack.urn("fulfil-policy"));

  for (const control of ["IAM-02", "IAM-03"]) {
    it(`${control} judges the grants of the owning component, and says so`, () => {
      const verdict = policyOf(awsStack(), control);
      assert.equal(verdict?.verdict, "pass");
      assert.match(verdict.message, /known after deployment; judged the grants that QueueWorker "worker" registers/);
    });

    it(`${control} cannot tell without a component`, () => {
      const stack = awsStack();
      stack.add("aws:iam/rolePolicy:RolePolicy", "fulfil-policy", { policy: unknown });
      assert.equal(policyOf(stack, control)?.verdict, "undetermined");
    });

    for (const [what, grants] of Object.entries({
      "are unknown": unknown,
      "are missing": undefined,
      "are not rendered": [{ from: "a", to: "b", operations: [] }, { rendered: [undefined] }],
      "do not say what": [{ rendered: [{}] }],
    })) {
      it(`${control} cannot tell when the grants ${what}`, () => {
        assert.equal(policyOf(awsStack().set("worker", { grants }), control)?.verdict, "undetermined");
      });
    }
  }

  it("a grant whose resource is unknown passes where the document depends on resources, and only there", () => {
    const grant = { "grants.0.rendered.0.resource": unknown };
    assert.equal(policyOf(awsStack().set("worker", grant), "IAM-03")?.verdict, "pass");
    assert.equal(
      policyOf(awsStack().set("worker", grant).set("fulfil-policy", { policy: unknown }), "IAM-03")?.verdict,
      "undetermined",
    );
  });
});
