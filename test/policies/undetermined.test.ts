/** What a first preview cannot know: the graph decides where it can, and nothing is passed or failed by guessing. */
import assert from "node:assert/strict";
import type { Outcome } from "../../policies";
import { awsStack } from "./support/aws";
import { azureStack } from "./support/azure";
import { gcpStack } from "./support/gcp";
import { judge } from "./support/judge";
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
      { control: "AUD-04", at: "front", property: "siteConfig" },
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
