/** Who may call APIs of API Gateway: by their description, by their routes, and functions by permission. */
import { awsStack } from "../support/aws";
import { add, more } from "../support/changes";
import { killed, type Mutant } from "../support/mutants";
import { accepted, type Case, vague } from "../support/outcomes";
import { Out, type Stack, text, unknown } from "../support/stack";

const rest = "aws:apigateway/restApi:RestApi";
const put = "aws:apigateway/restApiPut:RestApiPut";
const http = "aws:apigatewayv2/api:Api";
const authorizer = { type: "oauth2", "x-amazon-apigateway-authorizer": { type: "jwt" } };
const iam = { type: "apiKey", name: "Authorization", in: "header", "x-amazon-apigateway-authtype": "awsSigv4" };
const described = (operation: object, whole: object = {}) => ({
  openapi: "3.0.1",
  components: {
    securitySchemes: {
      jwt: authorizer,
      iam,
      key: { type: "apiKey", name: "x-api-key", in: "header" },
      plain: { type: "oauth2" },
    },
  },
  paths: { "/orders/{id}": { get: { responses: {}, ...operation } } },
  ...whole,
});
const asked = [{ jwt: [] }];
const body = (type: string, content: unknown) => ({ ...(type === http && { protocolType: "HTTP" }), body: content });
const textOf = (content: object | string) => (typeof content === "string" ? content : JSON.stringify(content));
const open = (name: string, type: string, content: object | string): Mutant =>
  more(`${name} by ${type}`, type, body(type, textOf(content)));
const all = [rest, put, http];

const socket = (stack: Stack): Out => stack.add(http, "socket", { protocolType: "WEBSOCKET" })("s0ck3t");
const route = "aws:apigatewayv2/route:Route";
const connect = (stack: Stack, inputs: object, apiId = socket(stack)) => {
  stack.add(route, "connect", { apiId, routeKey: "$connect", ...inputs });
  for (const [name, routeKey] of [
    ["disconnect", "$disconnect"],
    ["default", "$default"],
    ["say", "say"],
  ] as const)
    stack.add(route, name, { apiId, routeKey });
};
const permission = "aws:lambda/permission:Permission";

describe("mutants of APIs on AWS", () => {
  killed("IAM-01", awsStack, "more", [
    ...all.flatMap((type) => [
      open("an operation without security", type, described({})),
      open("an operation that asks for nothing", type, described({ security: [] })),
      open("a way around in a list", type, described({ security: [...asked, {}] })),
      open("a scheme that is not described", type, described({ security: [{ other: [] }] })),
      open("a scheme that nothing checks", type, described({ security: [{ plain: [] }] })),
      open(
        "one of two operations",
        type,
        described({ security: asked }, { paths: { "/a": { get: { security: asked }, post: {} } } }),
      ),
      open(
        "every method of a path",
        type,
        described({}, { paths: { "/{proxy+}": { "x-amazon-apigateway-any-method": {} } } }),
      ),
      open("YAML", type, "openapi: 3.0.1\npaths:\n  /orders:\n    get: {}\n"),
      open("no description", type, "{"),
    ]),
    ...[rest, put].map((type) => open("security of the whole document", type, described({}, { security: asked }))),
    open("a key, of which HTTP APIs take no notice", http, described({ security: [{ key: [] }] })),
    more("a description that is an object", put, { body: described({}) }),
    ...["CUSTOM", "COGNITO_USER_POOLS"].map((authorization) =>
      more(`${authorization} without an authorizer`, "aws:apigateway/method:Method", {
        authorization,
        httpMethod: "GET",
      }),
    ),
    ...["", "JWT", "none"].map((authorization) =>
      more(`the authorization "${authorization}"`, "aws:apigateway/method:Method", {
        authorization,
        httpMethod: "GET",
      }),
    ),
    more("anyone of any organization", permission, { principal: "*", principalOrgId: "o-*" }),
  ]);
  killed("IAM-01", awsStack, "connect", [
    { name: "a WebSocket that anyone may connect to", change: (stack) => connect(stack, {}) },
    {
      name: "a WebSocket whose authorizer is none",
      change: (stack) => connect(stack, { authorizationType: "CUSTOM" }),
    },
  ]);
  killed("IAM-01", awsStack, "say", [
    {
      name: "a WebSocket without a route for connecting",
      change: (stack) => stack.add(route, "say", { apiId: socket(stack), routeKey: "say" }),
    },
    {
      name: "a WebSocket whose connecting is another's",
      change: (stack) => {
        stack.add(route, "say", { apiId: socket(stack), routeKey: "say" });
        const other = stack.add(http, "other", { protocolType: "WEBSOCKET" });
        stack.add(route, "connect", { apiId: other("0th3r"), routeKey: "$connect", authorizationType: "AWS_IAM" });
      },
    },
  ]);
});

describe("APIs on AWS that satisfy the controls", () => {
  const closed = (name: string, type: string, content: object | string): Case => [
    `${name} by ${type}`,
    add(type, body(type, textOf(content))),
  ];
  accepted("IAM-01", awsStack, [
    ...all.map((type) => closed("an authorizer of one operation", type, described({ security: asked }))),
    ...[rest, put].flatMap((type) => [
      closed("an authorizer for the operation", type, described({ security: asked })),
      closed("IAM for the operation", type, described({ security: [{ iam: [] }] })),
      closed("IAM by AWS's own word", type, described({ "x-amazon-apigateway-auth": { type: "AWS_IAM" } })),
      closed("an authorizer and a key", type, described({ security: [{ jwt: [], key: [] }] })),
      closed("a key", type, described({ security: [{ key: [] }] })),
      closed("a preflight request", type, described({ security: asked }, { paths: { "/a": { options: {} } } })),
      closed(
        "YAML of the second version",
        type,
        "swagger: '2.0'\nsecurityDefinitions:\n  jwt:\n    type: apiKey\n    x-amazon-apigateway-authorizer: { type: request }\npaths:\n  /orders:\n    get:\n      security:\n        - jwt: []\n",
      ),
    ]),
    [
      "an HTTP API whose whole document asks",
      (stack) => stack.set("gateway", { body: JSON.stringify(described({}, { security: asked })) }),
    ],
    [
      "a public operation that its component declares",
      (stack) => stack.set("gateway", { body: JSON.stringify({ paths: { "/orders": { post: {} } } }) }),
    ],
    [
      "a description that is known after deployment, by its component's word",
      (stack) =>
        stack.set("gateway", { body: text(JSON.stringify(described({ security: asked })), new Out("fulfil", "")) }),
    ],
    [
      "a REST method with an authorizer",
      add("aws:apigateway/method:Method", { authorization: "CUSTOM", authorizerId: "a1" }),
    ],
    ["anyone of one organization", add(permission, { principal: "*", principalOrgId: "o-a1b2c3d4e5" })],
    ["a WebSocket that asks who connects", (stack) => connect(stack, { authorizationType: "AWS_IAM" })],
    [
      "routes of a WebSocket of another stack",
      (stack) => {
        stack.add(route, "connect", { apiId: "s0ck3t", routeKey: "$connect", authorizationType: "AWS_IAM" });
        stack.add(route, "bye", { apiId: "s0ck3t", routeKey: "$disconnect" });
      },
    ],
  ]);
  vague("IAM-01", awsStack, "more", [
    ["a description of nobody's", add(rest, { body: unknown })],
    ["a method's authorizer", add("aws:apigateway/method:Method", { authorization: "CUSTOM", authorizerId: unknown })],
    ["an organization", add(permission, { principal: "*", principalOrgId: unknown })],
  ]);
});
