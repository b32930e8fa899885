/** The packs as the engine runs them give the verdicts that `evaluate` gives in process. */
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StackValidationArgs } from "@pulumi/policy";
import { evaluate, everyPack, packs, type ResourceInput, viewOf } from "../../policies";
import { asPolicies } from "../../policies/pack";
import { awsStack } from "./support/aws";
import { azureStack } from "./support/azure";
import { gcpStack } from "./support/gcp";
import { type Diagnostic, PackServer } from "./support/pack-server";
import { Out, type Stack, unknown } from "./support/stack";

/** Stacks with something failing, something undetermined and something passing, in that order of URNs and others. */
const stacks: Record<string, () => Stack> = {
  "a compliant stack on aws": awsStack,
  "a compliant stack on azure": azureStack,
  "a compliant stack on gcp": gcpStack,
  "a stack on aws with everything wrong": () => {
    const stack = awsStack().remove("foundation");
    stack.add("aws:sqs/queue:Queue", "a-vague-queue", { kmsMasterKeyId: unknown });
    stack.add("aws:sqs/queue:Queue", "z-open-queue", {});
    stack.add("aws:iam/accessKey:AccessKey", "access-key", { user: unknown });
    stack.add("aws:iam/rolePolicy:RolePolicy", "orphan", { policy: unknown });
    stack.set("front", { role: new Out("fulfil-role", "") }).set("fulfil-logs", { retentionInDays: undefined });
    stack
      .set("table", { serverSideEncryption: { enabled: unknown } })
      .set("place", { routeKey: unknown })
      .set("read", { authorizationType: "NONE" });
    return stack.set("fulfil-policy", {
      policy: { Statement: [{ Effect: "Allow", Action: unknown, Resource: "*" }, 7] },
    });
  },
  "a stack on azure with everything wrong": () =>
    azureStack()
      .set("bus", { disableLocalAuth: unknown, encryption: unknown })
      .set("cosmos", { keyVaultKeyUri: 7 })
      .set("front", { identity: unknown, kind: unknown })
      .set("fulfil-auth", { name: unknown, platform: unknown })
      .set("front-receive", { scope: new Out("group", ""), roleDefinitionId: unknown })
      .set("foundation", { audit: unknown }),
  "a stack on gcp with everything wrong": () =>
    gcpStack()
      .set("topic", { kmsKeyName: undefined })
      .set("invoke", { member: unknown })
      .set("publish", { role: unknown, member: "allUsers" })
      .set("trace", { role: "roles/pubsub.subscriber" })
      .set("fulfil", { template: unknown })
      .set("logs", { retentionDays: unknown }),
};

const engineLevel = { fail: "mandatory", undetermined: "advisory" } as const;

function expected(pack: (typeof packs)[number], resources: readonly ResourceInput[]): string[] {
  return evaluate(pack.controls, viewOf(resources))
    .flatMap(({ control, urn, verdict, message }) =>
      verdict === "pass" ? [] : [`${engineLevel[verdict]} ${control} ${urn} ${message}`],
    )
    .sort();
}

/** A diagnostic without what the engine's texts add around the verdict's message. */
function seen(found: readonly Diagnostic[], pack: (typeof packs)[number]): string[] {
  return found
    .map(({ level, policy, urn, message }) => {
      const control = pack.controls.find(({ id }) => id === policy);
      const bare = message
        .replace(`${control?.title}\n`, "")
        .replace(`. ${control?.fix}`, "")
        .replace(`${control?.title}: undetermined, `, "");
      return `${level} ${policy} ${urn} ${bare}`;
    })
    .sort();
}

for (const pack of [...packs, everyPack]) {
  describe(`pack ${pack.name} under the engine's protocol`, function () {
    this.timeout(60_000);
    let server: PackServer;
    before(async () => {
      server = await PackServer.start(pack.name);
    });
    after(() => server.stop());

    for (const [name, make] of Object.entries(stacks)) {
      it(`judges ${name} as evaluate does`, async () => {
        const resources = make().resources("preview");
        assert.deepEqual(seen(await server.preview(resources), pack), expected(pack, resources));
      });
    }

    it("judges no resource that is only read", async () => {
      const [stack, ...rest] = awsStack().resources("preview");
      assert.ok(stack);
      const read = { ...stack, custom: true, external: true, inputs: {}, outputs: {} };
      const types = [
        "aws:sqs/queue:Queue",
        "aws:dynamodb/table:Table",
        "aws:lambda/function:Function",
        "aws:iam/accessKey:AccessKey",
      ];
      const resources = [
        stack,
        ...rest,
        ...types.map((type) => ({ ...read, type, name: "read", urn: `urn:pulumi:test::shop::${type}::read` })),
      ];
      assert.deepEqual(expected(pack, resources), []);
      assert.deepEqual(await server.preview(resources), []);
    });

    it("describes its policies: mandatory, with severity, way out and paragraphs", async () => {
      const policies = (await server.info()).getPoliciesList();
      assert.deepEqual(
        policies.map((policy) => policy.getName()),
        pack.controls.map(({ id }) => id),
      );
      for (const [index, policy] of policies.entries()) {
        assert.equal(policy.getRemediationSteps(), pack.controls[index]?.fix);
        assert.ok(policy.getTagsList().some((tag) => tag.startsWith("nist80053:")));
        assert.ok(policy.getSeverity() > 0);
      }
    });
  });
}

describe("a control that breaks", () => {
  it("fails the stack with its own name, and throws nothing at the engine", () => {
    const [control] = packs.flatMap((pack) => pack.controls);
    assert.ok(control);
    const broken = {
      ...control,
      get clouds(): never {
        throw new RangeError("s3cr3t");
      },
    };
    const [policy] = asPolicies([broken]);
    const told: string[] = [];
    const resource = {
      urn: "urn:pulumi:t::s::aws:sqs/queue:Queue::q",
      type: "aws:sqs/queue:Queue",
      name: "q",
      props: {},
      dependencies: [],
      propertyDependencies: {},
    };
    const args = {
      resources: [resource],
      getConfig: () => ({}),
      stackTags: new Map(),
      notApplicable: assert.fail,
    } as unknown as StackValidationArgs;
    void policy?.validateStack(args, (message, urn) => void told.push(`${message} ${urn}`));
    assert.equal(told.length, 1);
    assert.match(told[0] ?? "", /could not judge the stack \(RangeError\).*urn:pulumi/);
    assert.ok(!told[0]?.includes("s3cr3t"));
  });
});

describe("configuration of a pack", function () {
  this.timeout(60_000);
  const inTheOpen = () =>
    awsStack()
      .set("foundation", { audit: { existing: "account" } })
      .set("queue", { kmsMasterKeyId: undefined, sqsManagedSseEnabled: true })
      .resources("preview");
  const levels = (found: readonly Diagnostic[]) => found.map(({ level, policy }) => `${level} ${policy}`);

  it("enforcement levels and the data class are set by policy", async () => {
    const server = await PackServer.start("encryption");
    try {
      assert.deepEqual(levels(await server.preview(inTheOpen())), ["mandatory ENC-01"]);
      await server.configure("ENC-01", "advisory");
      assert.deepEqual(levels(await server.preview(inTheOpen())), ["advisory ENC-01"]);
      await server.configure("ENC-01", "disabled");
      assert.deepEqual(await server.preview(inTheOpen()), []);
      await server.configure("ENC-01", "mandatory", { dataClass: "internal" });
      assert.deepEqual(await server.preview(inTheOpen()), []);
    } finally {
      await server.stop();
    }
  });

  it("a control that is off is switched on by name, and by no level for all", async () => {
    const server = await PackServer.start("network");
    const faults = async () => levels(await server.preview(awsStack().resources("preview")));
    try {
      assert.deepEqual(await faults(), []);
      await server.configure("NET-01", "advisory");
      assert.deepEqual(await faults(), []);
      await server.configure("NET-01", "mandatory", { enabled: true });
      assert.ok((await faults()).includes("mandatory NET-01"));
    } finally {
      await server.stop();
    }
  });

  describe("exemptions", () => {
    const file = join(tmpdir(), `exemptions-${process.pid}.yaml`);
    afterEach(() => rmSync(file, { force: true }));
    const entry = {
      control: "ENC-01",
      resource: "aws:sqs/queue:Queue::queue",
      stacks: ["test"],
      owner: "orders@example.com",
      reason: "a key is on its way",
      ticket: "SEC-7",
      expires: new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10),
    };
    const start = (entries: object[]) => {
      writeFileSync(file, JSON.stringify({ exemptions: entries }));
      return PackServer.start(
        "encryption",
        {},
        { SERVERLESS_BLUEPRINTS_EXEMPTIONS: file, PULUMI_NODEJS_STACK: "test" },
      );
    };

    it("make a finding advisory, with who answers for it", async () => {
      const server = await start([entry]);
      try {
        const found = await server.preview(inTheOpen());
        assert.deepEqual(levels(found), ["advisory ENC-01"]);
        assert.match(
          found[0]?.message ?? "",
          /exempted until .* by orders@example\.com \(SEC-7\): a key is on its way/,
        );
      } finally {
        await server.stop();
      }
    });

    it("fail when they have expired or cover nothing", async () => {
      const server = await start([
        { ...entry, expires: "2026-01-31" },
        { ...entry, resource: "aws:sqs/queue:Queue::other" },
      ]);
      try {
        const found = await server.preview(inTheOpen());
        assert.deepEqual(levels(found), ["mandatory ENC-01", "mandatory ENC-01", "mandatory ENC-01"]);
        assert.match(found.map(({ message }) => message).join(), /expired on 2026-01-31.*covers no finding of test/s);
      } finally {
        await server.stop();
      }
    });

    it("that nobody owns start no pack", () => assert.rejects(start([{ ...entry, owner: "" }]), /owner is empty/));
  });

  it("the stack's own configuration names the data class too", async () => {
    const server = await PackServer.start("encryption", { "serverless-blueprints:dataClass": "internal" });
    try {
      assert.deepEqual(await server.preview(inTheOpen()), []);
    } finally {
      await server.stop();
    }
  });
});
