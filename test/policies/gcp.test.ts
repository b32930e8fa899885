import { gcpStack } from "./support/gcp";
import { killed } from "./support/mutants";
import { Out } from "./support/stack";

const invokerTypes = [
  "gcp:cloudrunv2/serviceIamMember:ServiceIamMember",
  "gcp:cloudrunv2/jobIamMember:JobIamMember",
  "gcp:cloudrun/iamMember:IamMember",
  "gcp:cloudfunctionsv2/functionIamMember:FunctionIamMember",
  "gcp:cloudfunctions/functionIamMember:FunctionIamMember",
];
const bindingTypes = invokerTypes.map((type) => type.replaceAll("Member", "Binding"));
const policy = (role: string, ...members: string[]) =>
  JSON.stringify({
    bindings: [
      { role: "roles/run.servicesInvoker", members: ["user:a@example.org"] },
      { role, members },
    ],
  });

describe("mutants on Google Cloud", () => {
  killed("ENC-01", gcpStack, "topic", [
    { name: "no key", change: (stack) => stack.set("topic", { kmsKeyName: undefined }) },
    { name: "a name that is no key", change: (stack) => stack.set("topic", { kmsKeyName: "shop" }) },
    {
      name: "a dead-letter topic beside it",
      change: (stack) => stack.set("dead", { kmsKeyName: undefined }),
      at: "dead",
    },
  ]);

  killed("ENC-03", gcpStack, "database", [
    { name: "no key", change: (stack) => stack.set("database", { cmekConfig: undefined }) },
    { name: "an empty configuration", change: (stack) => stack.set("database", { cmekConfig: {} }) },
  ]);

  killed("IAM-01", gcpStack, "invoke", [
    ...invokerTypes.flatMap((type) =>
      ["allUsers", "allAuthenticatedUsers"].map((member) => ({
        name: `${member} by ${type}`,
        change: (stack: ReturnType<typeof gcpStack>) => stack.retype("invoke", type).set("invoke", { member }),
      })),
    ),
    ...bindingTypes.map((type) => ({
      name: `the public among others by ${type}`,
      change: (stack: ReturnType<typeof gcpStack>) =>
        stack.retype("invoke", type).set("invoke", {
          member: undefined,
          members: [new Out("gateway", "serviceAccount:g@shop"), "allAuthenticatedUsers"],
        }),
    })),
    {
      name: "the public in the second binding of a policy",
      change: (stack) =>
        stack
          .retype("invoke", "gcp:cloudrunv2/serviceIamPolicy:ServiceIamPolicy")
          .set("invoke", { policyData: policy("roles/run.invoker", "allUsers") }),
    },
    {
      name: "invoker checks switched off",
      change: (stack) => stack.set("fulfil", { invokerIamDisabled: true }),
      at: "fulfil",
    },
  ]);

  killed("IAM-02", gcpStack, "publish", [
    ...[
      "roles/owner",
      "roles/editor",
      "roles/viewer",
      "roles/pubsub.admin",
      "roles/storage.objectAdmin",
      "roles/datastore.owner",
      "roles/writer",
      "roles/reader",
      "roles/admin",
      "roles/compute.instanceAdmin.v1",
    ].map((role) => ({
      name: role,
      change: (stack: ReturnType<typeof gcpStack>) => stack.set("publish", { role }),
    })),
    {
      name: "an administrator in the second binding of a policy",
      change: (stack) =>
        stack
          .retype("publish", "gcp:pubsub/topicIAMPolicy:TopicIAMPolicy")
          .set("publish", { policyData: policy("roles/pubsub.admin", "user:b@example.org") }),
    },
    {
      name: "a custom role without a list",
      change: (stack) => stack.set("redriver", { permissions: 7 }),
      at: "redriver",
    },
    {
      name: "a custom role by wildcard",
      change: (stack) => stack.set("redriver", { permissions: ["pubsub.topics.*"] }),
      at: "redriver",
    },
  ]);

  killed("IAM-03", gcpStack, "trace", [
    {
      name: "a resource's role on the project",
      change: (stack) => stack.set("trace", { role: "roles/pubsub.publisher" }),
    },
    {
      name: "secrets of the whole project",
      change: (stack) => stack.set("trace", { role: "roles/secretmanager.secretAccessor" }),
    },
    {
      name: "impersonation in the whole project",
      also: ["IAM-08 trace"],
      change: (stack) => stack.set("trace", { role: "roles/iam.serviceAccountTokenCreator" }),
    },
    {
      name: "every database of the project",
      change: (stack) => stack.set("data", { condition: undefined }),
      at: "data",
    },
    {
      name: "a condition on something else",
      change: (stack) => stack.set("data", { condition: { expression: "request.time.getHours() < 9" } }),
      at: "data",
    },
    {
      name: "a database's condition for a role on buckets",
      change: (stack) => stack.set("data", { role: "roles/storage.objectViewer" }),
      at: "data",
    },
    {
      name: "every bucket, in a condition",
      change: (stack) =>
        stack.set("data", {
          role: "roles/storage.objectViewer",
          condition: { expression: 'resource.name.startsWith("projects/_/buckets/")' },
        }),
      at: "data",
    },
    {
      name: "a condition with a way around",
      change: (stack) =>
        stack.set("data", {
          condition: { expression: 'resource.name == "projects/shop/databases/shop" || true' },
        }),
      at: "data",
    },
    {
      name: "a condition on a role that needs none",
      change: (stack) => stack.set("data", { role: "roles/pubsub.publisher" }),
      at: "data",
    },
    {
      name: "by an authoritative binding",
      change: (stack) =>
        stack
          .retype("trace", "gcp:projects/iAMBinding:IAMBinding")
          .set("trace", { role: "roles/pubsub.subscriber", members: ["user:a@example.org"] }),
    },
    {
      name: "on the folder",
      change: (stack) =>
        stack.retype("trace", "gcp:folder/iAMMember:IAMMember").set("trace", { role: "roles/pubsub.subscriber" }),
    },
    {
      name: "a project's role on the organization",
      change: (stack) => stack.retype("trace", "gcp:organizations/iAMMember:IAMMember"),
    },
    ...[
      '!(resource.name == "projects/shop/databases/shop")',
      'resource.name == "projects/shop/databases/shop" ? true : true',
      '"projects/shop/databases/shop" == "projects/shop/databases/shop"',
      'resource.name != "projects/shop/databases/shop"',
    ].map((expression) => ({
      name: expression,
      change: (stack: ReturnType<typeof gcpStack>) => stack.set("data", { condition: { expression } }),
      at: "data",
    })),
    {
      name: "every instance of Cloud SQL",
      change: (stack) => stack.set("trace", { role: "roles/cloudsql.client" }),
    },
  ]);

  killed("IAM-04", gcpStack, "fulfil", [
    {
      name: "no account, so the default one",
      change: (stack) => stack.set("fulfil", { "template.serviceAccount": undefined }),
    },
    {
      name: "the default compute account by name",
      change: (stack) =>
        stack.set("fulfil", { "template.serviceAccount": "123-compute@developer.gserviceaccount.com" }),
    },
    {
      name: "the default account of App Engine",
      change: (stack) =>
        stack.set("front", { "serviceConfig.serviceAccountEmail": "shop@appspot.gserviceaccount.com" }),
      at: "front",
    },
    {
      name: "an account shared by a service and a function",
      change: (stack) => {
        const account = new Out("gateway", "gateway@shop.iam.gserviceaccount.com");
        stack
          .set("fulfil", { "template.serviceAccount": account })
          .set("front", { "serviceConfig.serviceAccountEmail": account });
      },
      at: ["front", "fulfil"],
    },
    {
      name: "a push by the project's default account",
      change: (stack) =>
        stack.set("graves", {
          pushConfig: {
            pushEndpoint: "https://shop.example.com",
            oidcToken: { serviceAccountEmail: "shop@appspot.gserviceaccount.com" },
          },
        }),
      at: "graves",
    },
    {
      name: "a trigger by the function's own account",
      change: (stack) =>
        stack.add("gcp:eventarc/trigger:Trigger", "trigger", {
          serviceAccount: new Out("fulfil-account", "fulfil@shop.iam.gserviceaccount.com"),
        }),
      at: "trigger",
      modes: ["deployed"],
    },
    {
      name: "a trigger and a worker of one account",
      change: (stack) => {
        const serviceAccount = stack.add("gcp:serviceaccount/account:Account", "shared", { accountId: "shared" })(
          "shared",
        );
        stack.add("gcp:workflows/workflow:Workflow", "flow", {
          serviceAccount,
          cryptoKeyName: new Out("key", "projects/shop/locations/europe-west3/keyRings/shop/cryptoKeys/shop"),
          callLogLevel: "LOG_ALL_CALLS",
        });
        stack.add("gcp:eventarc/trigger:Trigger", "trigger", { serviceAccount });
      },
      at: "trigger",
    },
  ]);

  killed("IAM-05", gcpStack, "key-file", [
    { name: "a service account key", change: (stack) => stack.add("gcp:serviceaccount/key:Key", "key-file", {}) },
    { name: "an HMAC key", change: (stack) => stack.add("gcp:storage/hmacKey:HmacKey", "key-file", {}) },
    { name: "an API key for everything", change: (stack) => stack.add("gcp:projects/apiKey:ApiKey", "key-file", {}) },
  ]);
});
