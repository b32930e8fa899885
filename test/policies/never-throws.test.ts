/** Whatever a program hands over, a control answers: it neither throws nor echoes a value, and no order changes its answer. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { controls, evaluate, type ResourceInput, type Verdict, viewOf } from "../../policies";
import { awsStack } from "./support/aws";
import { azureStack } from "./support/azure";
import { gcpStack } from "./support/gcp";
import { modes, unknown } from "./support/stack";

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
