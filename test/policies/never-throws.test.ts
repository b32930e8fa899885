/** Whatever a program hands over, a control answers: it neither throws nor echoes a value, and no order changes its answer. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { controls, evaluate, type ResourceInput, type Verdict, viewOf } from "../../policies";
import { awsStack } from "./support/aws";
import { azureStack } from "./support/azure";
import { gcpStack } from "./support/gcp";
import { json, modes, type Stack, unknown } from "./support/stack";

/** What the engine hands over; its module declares no types. */
const { unknownCheckingProxy } = require("@pulumi/policy/proxy") as {
  unknownCheckingProxy: <Value>(value: Value) => Value;
};

const stacks = [awsStack, azureStack, gcpStack];

/** Text that can be found again in any message. */
const canary = "s3cr3t-canary";

const anything = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    unknown,
    "[secret]",
    "",
    "*",
    canary,
    `alias/aws/${canary}`,
    true,
    false,
    0,
    -1,
    1e9,
    Number.NaN,
    "{",
    `{"Statement":"${canary}"}`,
    `arn:aws:sqs:*:${canary}`,
    `/subscriptions/${canary}`,
  ),
  fc.constant({ Statement: [{ Effect: "Allow", Action: [canary, 7], Resource: { a: canary } }, canary, null] }),
  fc.constant({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: canary }),
  fc.array(fc.constantFrom<unknown>(canary, unknown, null, 3, { name: canary }), { maxLength: 3 }),
  fc.object({ maxDepth: 2, maxKeys: 3 }),
  fc.constant(Object.create(null)),
);

/** A compliant stack in which some values, at any depth, have become something else. */
const spoilt = fc
  .tuple(
    fc.constantFrom(...stacks),
    fc.constantFrom(...modes),
    fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), anything), { minLength: 1, maxLength: 6 }),
  )
  .map(([make, mode, changes]) => {
    const resources = make()
      .resources(mode)
      .map((one) => ({ ...structuredClone(one) }));
    for (const [which, where, depth, value] of changes) spoil(resources[which % resources.length], where, depth, value);
    return resources;
  });

function spoil(resource: ResourceInput | undefined, where: number, depth: number, value: unknown): void {
  let holder = (resource?.custom ? resource.inputs : resource?.outputs) as Record<string, unknown> | undefined;
  for (let level = depth % 4; holder; level -= 1) {
    const keys = Object.keys(holder);
    const key = keys[where % Math.max(1, keys.length)];
    if (key === undefined) return;
    const inner = holder[key];
    if (level === 0 || typeof inner !== "object" || inner === null) {
      holder[key] = structuredClone(value);
      return;
    }
    holder = inner as Record<string, unknown>;
  }
}

const enabled = controls.flatMap(({ id, optIn }) => (optIn === undefined ? [] : [id]));
const judged = (resources: readonly ResourceInput[]): Verdict[] => evaluate(controls, viewOf(resources), { enabled });

describe("controls, whatever they are handed", () => {
  it("answer, and do not repeat what they saw", () => {
    fc.assert(
      fc.property(spoilt, (resources) => {
        for (const { verdict, message } of judged(resources)) {
          assert.ok(["pass", "fail", "undetermined"].includes(verdict));
          assert.ok(message.length > 0);
          assert.ok(!message.includes(canary), message);
        }
      }),
      { numRuns: 600 },
    );
  });

  it("answer the same for any order of resources", () => {
    fc.assert(
      fc.property(spoilt, fc.integer(), (resources, seed) => {
        const shuffled = resources
          .map((one, index) => ({ one, rank: Math.imul(index + 1, seed | 1) }))
          .sort((a, b) => a.rank - b.rank);
        assert.deepEqual(judged(shuffled.map(({ one }) => one)), judged(resources));
      }),
      { numRuns: 100 },
    );
  });

  for (const control of controls) {
    it(`${control.id} goes on to the next resource after one that no provider would accept`, () => {
      for (const make of stacks) {
        const intact = make()
          .resources("deployed")
          .filter(({ custom }) => custom);
        const broken = intact.map((one) => ({
          ...one,
          urn: `${one.urn}-broken`,
          inputs: Object.fromEntries(Object.keys(one.inputs).map((key) => [key, { toString: null }])),
        }));
        const urns = (of: readonly ResourceInput[]) =>
          evaluate([control], viewOf(of), { enabled }).map(({ urn }) => urn);
        const together = urns([...broken, ...intact]);
        for (const urn of urns(intact)) assert.ok(together.includes(urn), `${control.id} lost ${urn}`);
      }
    });
  }
});

/** Types that rules name, and those of the compliant stacks, which rules by pattern may mean. */
const types = [
  ...new Set([
    ...controls
      .flatMap(({ clouds }) => Object.values(clouds).flatMap((rules) => ("notApplicable" in rules ? [] : rules)))
      .flatMap((rule) => ("types" in rule && !(rule.types instanceof RegExp) ? rule.types : [])),
    ...stacks.flatMap((make) =>
      make()
        .resources("deployed")
        .map(({ type }) => type),
    ),
  ]),
].filter((type) => /^(aws|azure-native|gcp):/.test(type));

/** Every property path that a control or a rule may read: all texts of the sources that look like one. */
const paths = [
  ...new Set(
    ["controls", "rules"].flatMap((name) => {
      const folder = join(__dirname, "../../policies", name);
      const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
      return files.flatMap((file) =>
        [...readFileSync(join(folder, file), "utf8").matchAll(/"([a-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)*)"/g)].map(
          ([, path = ""]) => path,
        ),
      );
    }),
  ),
];

function put(holder: Record<string, unknown>, [key = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) holder[key] = value;
  else {
    const inner = typeof holder[key] === "object" && holder[key] !== null ? holder[key] : {};
    holder[key] = inner;
    put(inner as Record<string, unknown>, rest, value);
  }
}

const secretOf = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});
const policy = (statement: object) => JSON.stringify({ Statement: [statement] });
const right = fc.constantFrom<unknown>(
  [canary],
  { enabled: true, value: canary },
  policy({ Effect: "Allow", Principal: "*", Action: canary, Resource: canary }),
  policy({ Effect: canary, Principal: { AWS: canary }, NotAction: [canary], Condition: { StringLike: { a: canary } } }),
  JSON.stringify({ bindings: [{ role: canary, members: [canary] }] }),
  [{ name: canary, value: `AccountKey=${canary}` }],
  secretOf(canary),
  secretOf({ enabled: false, key: canary }),
);

/** One resource of every type that is judged, each with some properties of right and of wrong types. */
const invented = fc
  .array(fc.tuple(fc.nat(), fc.nat(), fc.oneof(anything, right)), { minLength: 40, maxLength: 120 })
  .map((changes) => {
    const resources = types.map((type) => ({
      urn: `urn:pulumi:test::shop::${type}::invented`,
      type,
      name: "invented",
      custom: true,
      inputs: {} as Record<string, unknown>,
    }));
    for (const [which, where, value] of changes)
      put(
        resources[which % resources.length]?.inputs ?? {},
        (paths[where % paths.length] ?? "").split("."),
        structuredClone(value),
      );
    return resources;
  });

describe("every type that is judged", () => {
  it("takes any value of any property that a rule reads, and no message repeats it", () => {
    assert.ok(types.length > 100 && paths.length > 150, `${types.length} types, ${paths.length} paths`);
    fc.assert(
      fc.property(invented, (resources) => {
        for (const { message } of judged(resources)) assert.ok(!message.includes(canary), message);
      }),
      { numRuns: 150 },
    );
  });

  it("names an app setting that holds a key, unless its name may be no name", () => {
    const told = (name: string) => {
      const stack = azureStack().set("front", {
        "siteConfig.appSettings": [{ name, value: "Endpoint=sb://shop/;SharedAccessKey=k3y" }],
      });
      const found = judged(stack.resources("deployed")).filter(({ control }) => control === "IAM-05");
      return found.map(({ message }) => message).join();
    };
    assert.match(told("BusConnection"), /hold shared keys \(BusConnection\)/);
    assert.match(told(canary), /hold shared keys \(…\)/);
  });

  it("is judged in what the engine's proxy stands before as in a plan", () => {
    const whole = (make: () => Stack) => {
      const resources = make().resources("preview");
      const proxied = resources.map((one) => ({ ...one, inputs: unknownCheckingProxy(one.inputs) }));
      assert.deepEqual(judged(proxied), judged(resources));
    };
    for (const make of stacks) whole(make);
    fc.assert(
      fc.property(spoilt, (resources) => {
        const plain = resources.map((one) => ({ ...one, inputs: JSON.parse(JSON.stringify(one.inputs)) as object }));
        const proxied = plain.map((one) => ({ ...one, inputs: unknownCheckingProxy(structuredClone(one.inputs)) }));
        assert.deepEqual(judged(proxied), judged(plain));
      }),
      { numRuns: 100 },
    );
  });
});

/** Milliseconds of the processor, generous: what is bounded is the growth, on any machine, whatever else runs on it. */
const bearable = 15_000;
function bounded(resources: readonly ResourceInput[]): Verdict[] {
  const started = process.cpuUsage();
  const verdicts = judged(resources);
  const { user, system } = process.cpuUsage(started);
  const spent = Math.round((user + system) / 1000);
  assert.ok(spent < bearable, `${spent} ms`);
  return verdicts;
}

/** With what holds definitions and documents in its properties. */
function described(stack: Stack): Stack {
  stack.add("aws:sfn/stateMachine:StateMachine", "machine", { definition: "{}" });
  stack.add("gcp:workflows/workflow:Workflow", "workflow", { sourceContents: "main:" });
  stack.add("azure-native:apimanagement:Api", "described", { apiId: "described", subscriptionRequired: false });
  stack.add("azure-native:apimanagement:ApiPolicy", "described-policy", { apiId: "described", value: "<policies />" });
  return stack;
}

describe("what is far too large", function () {
  this.timeout(300_000);
  const statement = { Effect: "Allow", Action: ["sqs:SendMessage", "sqs:*"], Resource: [`arn:${canary}`, "*"] };
  const condition = { StringLike: { "aws:SourceArn": [`arn:aws:sqs:*:${canary}`] } };
  const many = json({
    Statement: Array.from({ length: 10_000 }, (_, index) => ({
      ...statement,
      Sid: `s${index}`,
      Principal: { AWS: `arn:aws:iam::111122223333:role/${index}` },
      Condition: condition,
    })),
  });

  it("ten thousand statements are judged in time", () => {
    const stack = awsStack();
    for (const name of ["fulfil-policy", "queue-policy", "key"]) stack.set(name, { policy: many });
    stack.set("front-role", { assumeRolePolicy: many });
    const failed = bounded(stack.resources("deployed")).filter(({ verdict }) => verdict === "fail");
    assert.ok(failed.some(({ control, urn }) => control === "IAM-02" && urn.endsWith("::fulfil-policy")));
  });

  it("ten thousand bindings are judged in time", () => {
    const stack = gcpStack();
    stack.add("gcp:cloudrunv2/serviceIamPolicy:ServiceIamPolicy", "policy", {
      name: "fulfil",
      policyData: JSON.stringify({
        bindings: Array.from({ length: 10_000 }, (_, index) => ({
          role: `roles/r${index}`,
          members: [`user:${index}@example.com`, "allUsers"],
        })),
      }),
    });
    const failed = bounded(stack.resources("deployed")).filter(({ verdict }) => verdict === "fail");
    assert.ok(failed.some(({ control }) => control === "IAM-01"));
  });

  for (const [name, text] of Object.entries({
    "a megabyte of letters": "a".repeat(2 ** 20),
    "a megabyte of stars": "*".repeat(2 ** 20),
    "a megabyte of stars between letters": "*a".repeat(2 ** 19),
    "a megabyte of colons": ":".repeat(2 ** 20),
    "a megabyte of blanks": " ".repeat(2 ** 20),
    "a megabyte of brackets": "[".repeat(2 ** 20),
    "a megabyte of slashes": "/a".repeat(2 ** 19),
    "a megabyte of braces": "{".repeat(2 ** 20),
    "a megabyte of quotes": '"'.repeat(2 ** 20),
    "a megabyte of question marks": "? ".repeat(2 ** 19),
    "a megabyte of comments": "<!--".repeat(2 ** 18),
    "a megabyte of dashes": `${"-- ".repeat(2 ** 18)}\n!`,
    "a megabyte of comments of one line": `${"// ".repeat(2 ** 18)}\n'`,
    "a megabyte of words": "a ".repeat(2 ** 19),
    "a megabyte of choices": "a?a:".repeat(2 ** 18),
  }))
    it(`${name} is judged in time, wherever it stands`, () => {
      for (const make of stacks) {
        const everywhere = described(make())
          .resources("deployed")
          .map((one) => ({
            ...one,
            inputs: Object.fromEntries(
              Object.entries(one.inputs).map(([key, value]) => [key, typeof value === "string" ? text : value]),
            ),
          }));
        for (const { message } of bounded(everywhere)) assert.ok(message.length < 10_000);
        // Within documents too.
        const within = { Effect: "Allow", Action: text, Resource: text, Principal: { AWS: text, Service: text } };
        const documents = make()
          .resources("deployed")
          .map((one) => {
            const holds = (value: unknown) => typeof value === "string" && value.includes("Statement");
            const inputs = Object.entries(one.inputs).map(([key, value]) => [
              key,
              holds(value) ? policy(within) : value,
            ]);
            return { ...one, inputs: Object.fromEntries(inputs) };
          });
        bounded(documents);
      }
    });

  for (const [name, pattern] of Object.entries({
    "stars and question marks in turn": `iam:${"*?".repeat(18)}!`,
    "stars and many letters of an action": `iam:*${[..."eSericeSpecificredeti"].join("*")}!`,
  }))
    it(`${name} are judged in time as a pattern`, () => {
      const rule = { Effect: "Allow", Action: [pattern], Resource: [pattern], Principal: { AWS: pattern } };
      const stack = awsStack();
      stack.set("fulfil-policy", { policy: policy(rule) });
      stack.set("bucket-policy", { policy: policy({ ...rule, Effect: "Deny" }) });
      bounded(stack.resources("deployed"));
    });

  it("a hundred thousand levels are judged, or said not to be judgeable", () => {
    const deep = (levels: number) => {
      let value: unknown = canary;
      for (let level = 0; level < levels; level++) value = level % 2 ? [value] : { Statement: value };
      return value;
    };
    for (const make of stacks) {
      const resources = make()
        .resources("deployed")
        .map((one) => ({
          ...one,
          inputs: Object.fromEntries(Object.keys(one.inputs).map((key) => [key, deep(100_000)])),
        }));
      for (const { message } of bounded(resources)) assert.ok(!message.includes(canary));
    }
  });
});

describe("a graph that cannot be", () => {
  it("resources that are each other's parents, or their own, are judged", () => {
    for (const make of stacks) {
      const resources = make().resources("deployed");
      const [first, second] = resources;
      assert.ok(first && second);
      const circle = resources.map((one, index) => ({ ...one, parent: (index % 2 ? first : second).urn }));
      const own = resources.map((one) => ({ ...one, parent: one.urn }));
      const nowhere = resources.map((one) => ({ ...one, parent: "urn:pulumi:test::shop::none::none" }));
      for (const graph of [circle, own, nowhere]) assert.ok(bounded(graph).length > 0);
    }
  });

  it("properties that come from each other, from themselves or from nowhere are judged", () => {
    for (const make of stacks)
      for (const mode of modes) {
        const resources = make().resources(mode);
        const all = resources.map(({ urn }) => urn);
        const circular = resources.map((one) => ({
          ...one,
          propertyDependencies: Object.fromEntries(Object.keys(one.inputs).map((key) => [key, [...all, "", one.urn]])),
        }));
        assert.ok(bounded(circular).length > 0);
      }
  });

  it("two resources of one URN, and a stack of none, are judged", () => {
    for (const make of stacks) {
      const resources = make().resources("deployed");
      assert.ok(judged([...resources, ...resources]).length > 0);
    }
    assert.deepEqual(judged([]), []);
  });
});
