/** Conditions that checks in wide use let pass, or fail wrongly: each is noticed here, or accepted. */
import assert from "node:assert/strict";
import { auditConfigStack } from "./support/audit";
import { awsStack } from "./support/aws";
import { azureStack } from "./support/azure";
import { gcpStack } from "./support/gcp";
import { judge, told } from "./support/judge";
import { json, modes, Out, type Stack } from "./support/stack";

const role = { AWS: "arn:aws:iam::111122223333:role/front" };
const queue = "arn:aws:sqs:eu-central-1:111122223333:queue";
const account = "111122223333";
const deny = { Effect: "Deny", Principal: "*", Action: "sqs:*", Resource: queue };
const secure = { ...deny, Condition: { Bool: { "aws:SecureTransport": "false" } } };
const grant = (statement: object) => (stack: Stack) =>
  stack.set("front-policy", { policy: json({ Statement: [{ Effect: "Allow", Resource: queue, ...statement }] }) });
const queuePolicy =
  (...statements: object[]) =>
  (stack: Stack) =>
    stack.set("queue-policy", { policy: json({ Statement: [...statements, secure] }) });
const attached = (statement: object) => (stack: Stack) =>
  stack.add("aws:iam/policy:Policy", "attached", { policy: json({ Statement: [{ Effect: "Allow", ...statement }] }) });

interface Case {
  readonly name: string;
  readonly make: () => Stack;
  readonly change: (stack: Stack) => unknown;
  /** `CONTROL name` that must be among the failures; absent where the change is to be accepted. */
  readonly noticed?: string;
  /** The control that must have passed it, where it is to be accepted. */
  readonly accepted?: string;
}

const spots: Readonly<Record<string, readonly Case[]>> = {
  "1. queue policies are more than a first statement with *": [
    {
      name: "a second statement",
      make: awsStack,
      change: queuePolicy(
        { Effect: "Allow", Principal: role, Action: "sqs:SendMessage", Resource: queue },
        {
          Effect: "Allow",
          Principal: role,
          Action: "*",
          Resource: queue,
        },
      ),
      noticed: "IAM-02 queue-policy",
    },
    {
      name: "sqs:* in place of *",
      make: awsStack,
      change: queuePolicy({ Effect: "Allow", Principal: role, Action: "sqs:*", Resource: queue }),
      noticed: "IAM-02 queue-policy",
    },
    {
      name: "a leading denial of *",
      make: awsStack,
      change: queuePolicy({ ...secure, Action: "*" }),
      accepted: "IAM-02",
    },
  ],
  "2. a queue without any key": [
    {
      name: "no key",
      make: awsStack,
      change: (stack) => stack.set("queue", { kmsMasterKeyId: undefined }),
      noticed: "ENC-01 queue",
    },
  ],
  "3. a function's key": [
    {
      name: "AWS's own key for a function's variables",
      make: awsStack,
      change: (stack) => stack.set("front", { kmsKeyArn: "alias/aws/lambda", environment: { variables: { A: "b" } } }),
      noticed: "ENC-05 front",
    },
    {
      name: "a key without any variables",
      make: awsStack,
      change: (stack) =>
        stack.set("front", { kmsKeyArn: new Out("key", `arn:aws:kms:eu-central-1:${account}:key/0a1b`) }),
      accepted: "ENC-05",
    },
  ],
  "4. objects over plain HTTP": [
    {
      name: "a bucket without a policy of its own",
      make: awsStack,
      change: (stack) => {
        const bucket = stack.add("aws:s3/bucket:Bucket", "plain", { bucket: "plain" });
        return bucket("plain");
      },
      noticed: "TLS-01 plain",
    },
  ],
  "5. wildcards that are not *": [
    { name: "all of a service", make: awsStack, change: grant({ Action: "sqs:*" }), noticed: "IAM-02 front-policy" },
    { name: "NotAction", make: awsStack, change: grant({ NotAction: "iam:*" }), noticed: "IAM-02 front-policy" },
    {
      name: "a document that cannot be read",
      make: awsStack,
      change: (stack) => stack.set("front-policy", { policy: "{" }),
      noticed: "IAM-02 front-policy",
    },
  ],
  "6. policies that are attached": [
    {
      name: "a wildcard in a policy of its own",
      make: awsStack,
      change: attached({ Action: "dynamodb:*", Resource: queue }),
      noticed: "IAM-02 attached",
    },
    {
      name: "NotResource",
      make: awsStack,
      change: attached({ Action: "sqs:SendMessage", NotResource: queue }),
      noticed: "IAM-02 attached",
    },
  ],
  "7. the right to pass a role, by another name": [
    {
      name: "iam:*",
      make: awsStack,
      change: grant({ Action: "iam:*", Resource: "*" }),
      noticed: "IAM-08 front-policy",
    },
    { name: "*", make: awsStack, change: grant({ Action: "*", Resource: "*" }), noticed: "IAM-08 front-policy" },
    {
      name: "beside a denial of something else",
      make: awsStack,
      change: (stack) =>
        stack.set("front-policy", {
          policy: json({
            Statement: [
              { Effect: "Allow", Action: ["iam:PassRole", "lambda:CreateFunction"], Resource: "*" },
              { Effect: "Deny", Action: "iam:PassRole", Resource: `arn:aws:iam::${account}:role/other` },
            ],
          }),
        }),
      noticed: "IAM-08 front-policy",
    },
  ],
  "8. everybody with a Google account": [
    {
      name: "allAuthenticatedUsers on the service behind a function",
      make: gcpStack,
      change: (stack) => stack.set("invoke", { member: "allAuthenticatedUsers", role: "roles/run.invoker" }),
      noticed: "IAM-01 invoke",
    },
  ],
  "9. Cloud Run of version 2": [
    {
      name: "a binding",
      make: gcpStack,
      change: (stack) =>
        stack.add("gcp:cloudrunv2/serviceIamBinding:ServiceIamBinding", "binding", {
          name: "fulfil",
          role: "roles/run.invoker",
          members: ["allUsers"],
        }),
      noticed: "IAM-01 binding",
    },
  ],
  "10. audit of some log types": [
    {
      name: "ADMIN_READ only",
      make: auditConfigStack,
      change: (stack) => stack.set("audit", { auditLogConfigs: [{ logType: "ADMIN_READ" }] }),
      noticed: "AUD-01 audit",
    },
  ],
  "11. judged by what it is called": [
    {
      name: "an account of another kind without a record of its use",
      make: azureStack,
      change: (stack) => stack.set("store", { kind: "BlockBlobStorage" }).remove("store-audit"),
      noticed: "AUD-02 store",
    },
  ],
  "12. basic roles contain the right to act as others": [
    ...["roles/editor", "roles/owner"].map((basic) => ({
      name: basic,
      make: gcpStack,
      change: (stack: Stack) => stack.set("trace", { role: basic }),
      noticed: "IAM-08 trace",
    })),
    {
      name: "a role that is missing everything else",
      make: gcpStack,
      change: (stack) => stack.set("trace", { role: "roles/iam.serviceAccountTokenCreator" }),
      noticed: "IAM-08 trace",
    },
  ],
  "13. AWS's own keys by alias": [
    {
      name: "of a table",
      make: awsStack,
      change: (stack) => stack.set("table", { "serverSideEncryption.kmsKeyArn": "alias/aws/dynamodb" }),
      noticed: "ENC-03 table",
    },
    {
      name: "of a topic",
      make: awsStack,
      change: (stack) => stack.set("topic", { kmsMasterKeyId: "alias/aws/sns" }),
      noticed: "ENC-01 topic",
    },
  ],
};

describe("blind spots", () => {
  for (const [spot, cases] of Object.entries(spots))
    describe(spot, () => {
      for (const { name, make, change, noticed, accepted } of cases)
        for (const mode of modes)
          it(`${name} is ${noticed ? "noticed" : "accepted"} (${mode})`, () => {
            const stack = make();
            change(stack);
            const failed = told(judge(stack, mode), "fail");
            if (accepted) assert.deepEqual(failed, []);
            else assert.ok(failed.includes(noticed ?? ""), `noticed: ${failed.join(", ") || "nothing"}`);
          });
    });

  it("all thirteen are here, each with a case", () => {
    assert.deepEqual(
      Object.keys(spots).map((spot) => Number.parseInt(spot, 10)),
      Array.from({ length: 13 }, (_, index) => index + 1),
    );
    for (const [spot, cases] of Object.entries(spots)) assert.ok(cases.length > 0, spot);
  });
});
