/** Who may call what stands behind a managed gateway, and by what account the gateway calls it. */

import { awsStack } from "../support/aws";
import { azureStack } from "../support/azure";
import { set } from "../support/changes";
import { gcpStack } from "../support/gcp";
import { killed } from "../support/mutants";
import { accepted, vague } from "../support/outcomes";
import { Out, type Stack, text, unknown } from "../support/stack";

const validated = '<policies><inbound><validate-jwt header-name="Authorization" /></inbound></policies>';
const anybody = "<policies><inbound><base /></inbound></policies>";

/** An API whose operations ask for tokens by a policy each, of a component that declares one of them public. */
function managedStack(): Stack {
  const stack = azureStack();
  const routes = [
    { method: "GET", path: "/orders/{id}", auth: { kind: "jwt" } },
    { method: "POST", path: "/orders", auth: { kind: "none" } },
  ];
  const owner = stack.component("HttpApi", "orders-api", { routes });
  const api = stack.set("api", { subscriptionRequired: false, apiId: "api" }) && new Out("api", "api");
  for (const [name, method, urlTemplate, value] of [
    ["read", "GET", "/orders/{id}", validated],
    ["place", "POST", "/orders", anybody],
  ] as const) {
    const operation = stack.add(
      "azure-native:apimanagement:ApiOperation",
      name,
      { apiId: api, operationId: name, method, urlTemplate },
      owner,
    )(name);
    stack.add(
      "azure-native:apimanagement:ApiOperationPolicy",
      `${name}-policy`,
      { apiId: api, operationId: operation, value: text(value, new Out("front", "")) },
      owner,
    );
  }
  return stack;
}

const document = (content: unknown) => [
  { document: { path: "openapi.json", contents: Buffer.from(JSON.stringify(content)).toString("base64") } },
];
const asked = [{ jwt: [] }];
const described = (get: object, more: object = {}) =>
  document({ swagger: "2.0", paths: { "/orders/{id}": { get: { responses: {}, ...get } } }, ...more });

/** A configuration of API Gateway whose only operation asks for a token. */
function describedStack(): Stack {
  const stack = gcpStack();
  stack.add("gcp:apigateway/apiConfig:ApiConfig", "config", {
    openapiDocuments: described({ security: asked }),
    gatewayConfig: {
      backendConfig: { googleServiceAccount: new Out("gateway", "gateway@shop.iam.gserviceaccount.com") },
    },
  });
  return stack;
}
const documents = (openapiDocuments: unknown) => set("config", { openapiDocuments });

describe("mutants of gateways", () => {
  killed("IAM-01", managedStack, "read", [
    { name: "a policy that asks nobody", change: set("read-policy", { value: anybody }) },
    { name: "no policy", change: (stack) => stack.remove("read-policy") },
    { name: "a policy of another operation", change: set("read-policy", { operationId: "place" }) },
    {
      name: "a validation that is commented out",
      change: set("read-policy", { value: `<policies><!-- ${validated} --></policies>` }),
    },
    {
      name: "a policy that signs in to the backend only",
      change: set("read-policy", {
        value: '<policies><authentication-managed-identity resource="api://1" /></policies>',
      }),
    },
    {
      name: "an operation that nobody declares",
      change: (stack) => stack.set("place", { urlTemplate: "/orders/all" }),
      at: "place",
      modes: ["deployed"],
    },
    {
      name: "an imported API without subscriptions",
      change: (stack) => {
        for (const name of ["read", "place"]) stack.remove(name).remove(`${name}-policy`);
      },
      at: "api",
    },
    {
      name: "an imported API whose policy asks nobody",
      change: (stack) => {
        for (const name of ["read", "place"]) stack.remove(name).remove(`${name}-policy`);
        stack.add("azure-native:apimanagement:ApiPolicy", "whole", { apiId: new Out("api", "api"), value: anybody });
      },
      at: "api",
    },
  ]);
  accepted("IAM-01", managedStack, [
    ["operations by their component's word, and by their policies once these are known", () => undefined],
    ["an API of subscriptions", (stack) => stack.set("api", { subscriptionRequired: true }).remove("read-policy")],
    [
      "a policy of the whole API",
      (stack) =>
        stack
          .remove("read-policy")
          .add("azure-native:apimanagement:ApiPolicy", "whole", { apiId: new Out("api", "api"), value: validated }),
    ],
    [
      "a policy of the whole service that asks for certificates",
      (stack) =>
        stack.remove("read-policy").add("azure-native:apimanagement:Policy", "whole", {
          serviceName: new Out("gateway", "gateway"),
          value: "<validate-client-certificate/>",
        }),
    ],
  ]);
  vague("IAM-01", managedStack, "read", [
    ["an operation whose component tells no routes", set("orders-api", { routes: unknown })],
  ]);
  vague("IAM-01", managedStack, "stray", [
    [
      "an operation of another stack's API",
      (stack) => stack.add("azure-native:apimanagement:ApiOperation", "stray", { apiId: "elsewhere", method: "GET" }),
    ],
  ]);

  killed("IAM-01", describedStack, "config", [
    { name: "an operation without security", change: documents(described({})) },
    { name: "an operation that asks for nothing", change: documents(described({ security: [] }, { security: asked })) },
    { name: "a way around in a list", change: documents(described({ security: [...asked, {}] })) },
    {
      name: "one of two operations without security",
      change: documents(
        document({ paths: { "/orders": { get: { security: asked }, post: {} }, "/health": { options: {} } } }),
      ),
    },
    { name: "the second document", change: documents([...described({ security: asked }), ...described({})]) },
    {
      name: "a document that is none",
      change: documents([{ document: { contents: "" } }]),
      also: ["TLS-01 config"],
    },
  ]);
  accepted("IAM-01", describedStack, [
    ["security for all operations", documents(described({}, { security: asked }))],
    [
      "a document of YAML",
      documents([
        {
          document: {
            contents: Buffer.from("security:\n  - jwt: []\npaths:\n  /orders:\n    get: {}\n").toString("base64"),
          },
        },
      ]),
    ],
    ["a preflight request", documents(document({ paths: { "/orders": { options: {} } } }))],
    [
      "a route that its component declares public, by another name of its parameter",
      (stack) => {
        const owner = stack.component("HttpApi", "api", {
          routes: [{ method: "GET", path: "/orders/{order}", auth: { kind: "none" } }],
        });
        const inputs = {
          openapiDocuments: described({}),
          gatewayConfig: { backendConfig: { googleServiceAccount: "g@shop" } },
        };
        stack.add("gcp:apigateway/apiConfig:ApiConfig", "config", inputs, owner);
      },
    ],
    [
      "a document that is known after deployment, by its component's word",
      (stack) => {
        const owner = stack.component("HttpApi", "api", { routes: [] });
        const contents = text(described({ security: asked })[0]?.document.contents, new Out("front", ""));
        const gatewayConfig = { backendConfig: { googleServiceAccount: new Out("gateway", "g@shop") } };
        stack.add(
          "gcp:apigateway/apiConfig:ApiConfig",
          "config",
          { openapiDocuments: [{ document: { contents } }], gatewayConfig },
          owner,
        );
      },
    ],
  ]);
  vague("IAM-01", describedStack, "config", [["a document of nobody's", documents(unknown)]]);

  killed("IAM-04", describedStack, "config", [
    { name: "a gateway without an account", change: set("config", { gatewayConfig: undefined }) },
    {
      name: "a gateway of the project's account",
      change: set("config", {
        "gatewayConfig.backendConfig.googleServiceAccount": "42-compute@developer.gserviceaccount.com",
      }),
    },
    {
      name: "a role for the project's account",
      change: set("publish", { member: "serviceAccount:42-compute@developer.gserviceaccount.com" }),
      at: "publish",
    },
    {
      name: "a role for App Engine's account among others",
      change: (stack) =>
        stack.retype("publish", "gcp:pubsub/topicIAMBinding:TopicIAMBinding").set("publish", {
          member: undefined,
          members: [
            "serviceAccount:front@shop.iam.gserviceaccount.com",
            "serviceAccount:shop@appspot.gserviceaccount.com",
          ],
        }),
      at: "publish",
    },
  ]);
  vague("IAM-04", describedStack, "config", [
    [
      "a gateway whose account is unknown",
      set("config", { gatewayConfig: { backendConfig: { googleServiceAccount: unknown } } }),
    ],
  ]);

  const graph = (inputs: object) => (stack: Stack) =>
    stack.add("aws:appsync/graphQLApi:GraphQLApi", "graph", {
      logConfig: {
        fieldLogLevel: "ERROR",
        excludeVerboseContent: true,
        cloudwatchLogsRoleArn: "arn:aws:iam::1:role/logs",
      },
      ...inputs,
    });
  killed("IAM-05", awsStack, "graph", [
    { name: "an API that keys open", change: graph({ authenticationType: "API_KEY" }) },
    {
      name: "keys beside tokens",
      change: graph({
        authenticationType: "AWS_IAM",
        additionalAuthenticationProviders: [{ authenticationType: "API_KEY" }],
      }),
    },
    {
      name: "an API's key",
      change: (stack) => stack.add("aws:appsync/apiKey:ApiKey", "key-of-graph", {}),
      at: "key-of-graph",
    },
  ]);
  accepted("IAM-05", awsStack, [["an API of identities", graph({ authenticationType: "AWS_IAM" })]]);

  const subscription = (scope: unknown) => (stack: Stack) =>
    stack.add("azure-native:apimanagement:Subscription", "partner", { scope });
  killed("IAM-03", azureStack, "partner", [
    { name: "a subscription to every API", change: subscription("/apis") },
    { name: "a subscription to the whole service", change: subscription("/subscriptions/s/resourceGroups/g") },
    {
      name: "a vault of access policies",
      change: set("vault", { "properties.enableRbacAuthorization": false }),
      at: "vault",
    },
    {
      name: "a vault that does not say",
      change: set("vault", { "properties.enableRbacAuthorization": undefined }),
      at: "vault",
    },
  ]);
  accepted("IAM-03", azureStack, [
    ["a subscription to one product", subscription("/products/partners")],
    ["a subscription to an API of the stack", subscription(new Out("api", "/apis/api"))],
  ]);
  vague("IAM-03", azureStack, "partner", [["a subscription of an unknown scope", subscription(unknown)]]);

  const sentTo = (address: string) => ({
    openapiDocuments: described({ security: asked, "x-google-backend": { address } }),
  });
  killed("TLS-01", describedStack, "config", [
    { name: "a gateway that sends on in clear", change: set("config", sentTo("http://shop.example.com")) },
    {
      name: "an API that sends on in clear as a whole",
      change: set("config", {
        openapiDocuments: described(
          { security: asked },
          { "x-google-backend": { address: "http://shop.example.com" } },
        ),
      }),
    },
  ]);
  accepted("TLS-01", describedStack, [["a gateway's function", set("config", sentTo("https://shop.example.com"))]]);
  vague("TLS-01", describedStack, "config", [["a document", set("config", { openapiDocuments: unknown })]]);
});
