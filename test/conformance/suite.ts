/** What every pattern promises on every cloud, whatever the pattern. */
import assert from "node:assert/strict";
import { display, type RunResult } from "../../cli/engine";
import { type CloudName, cloudNames } from "../../components/core/clouds";
import { controls, evaluate, viewOf } from "../../policies";
import { planned, registered } from "../support/plan";

export interface Pattern {
  /** As in its type token. */
  readonly kind: string;
  /** The component of the program that is looked at. */
  readonly name: string;
  /** What tells it from another suite of its kind. */
  readonly variant?: string;
  readonly program: () => unknown;
  /** Neutral outputs, the same on every cloud. */
  readonly outputs: readonly string[];
  /** Properties that the contract must speak of. */
  readonly properties: readonly string[];
  /** Declared edges: who may do what on what. */
  readonly edges: readonly string[];
  /** Clouds that lack the pattern, with the reason that they must give. */
  readonly gaps?: Partial<Record<CloudName, RegExp>>;
}

const hows = ["native", "emulated", "clamped", "unsupported"];

/** Edges to others; what a component's own function needs on its own resources is part of the pattern. */
function edges(result: RunResult, name: string): string[] {
  return registered(result, name)
    .grants.filter(({ to }) => to !== name)
    .map(({ from, to, operations }) => `${from} ${[...operations].sort().join("+")} ${to}`)
    .sort();
}

export function conformance(pattern: Pattern): void {
  describe(`${pattern.kind} ${pattern.name}${pattern.variant ? `, ${pattern.variant},` : ""} keeps its promises`, () => {
    const spokenOf = new Map<CloudName, readonly string[]>();
    for (const cloud of cloudNames) {
      describe(`on ${cloud}`, () => {
        const gap = pattern.gaps?.[cloud];
        if (gap) {
          it("says why it is not there", () => assert.rejects(planned(cloud, pattern.program), gap));
          return;
        }
        let result: RunResult;
        before(async () => {
          result = await planned(cloud, pattern.program);
          const { contract } = registered(result, pattern.name);
          spokenOf.set(cloud, contract.map(({ property }) => property).sort());
        });

        it("has the same type token and outputs", () => {
          const component = result.resources.find(({ name, custom }) => name === pattern.name && !custom);
          assert.equal(component?.type, `blueprints:index:${pattern.kind}`);
          for (const output of pattern.outputs) assert.ok(output in (component?.outputs ?? {}), output);
        });

        it("speaks of every property, with what is given, how, why and by which source", () => {
          const { contract } = registered(result, pattern.name);
          assert.deepEqual(
            contract.map(({ property }) => property).filter((property, index, all) => all.indexOf(property) !== index),
            [],
            "no property twice",
          );
          for (const property of pattern.properties)
            assert.ok(
              contract.some((row) => row.property === property),
              `no row for ${property}`,
            );
          for (const row of contract) {
            assert.ok(hows.includes(row.how), row.property);
            for (const part of [row.asked, row.given, row.why, row.source])
              assert.ok(part.length > 0, `${row.property} is incomplete`);
          }
        });

        it("grants exactly the declared edges, each in the cloud's own terms", () => {
          assert.deepEqual(edges(result, pattern.name), [...pattern.edges].sort());
          for (const grant of registered(result, pattern.name).grants)
            assert.ok(grant.rendered.length > 0, `${grant.from} to ${grant.to}`);
        });

        it("hangs every resource on a component", () => {
          for (const { custom, parent, name, type } of result.resources) {
            if (custom && !type.startsWith("pulumi:")) assert.match(parent ?? "", /blueprints:index:/, name);
          }
        });

        it("needs no answer from a cloud", () => assert.deepEqual(result.unknownInvokes, []));

        for (const dataClass of ["internal", "confidential", "regulated"]) {
          it(`passes every policy as ${dataClass}`, async () => {
            const run = await planned(cloud, pattern.program, { dataClass });
            const failed = evaluate(controls, viewOf(run.resources)).filter(({ verdict }) => verdict === "fail");
            assert.deepEqual(
              failed.map(({ control, urn, message }) => `${control} ${urn.split("::").pop()}: ${message}`),
              [],
            );
          });
        }

        it("is planned the same again", async () => {
          const again = await planned(cloud, pattern.program);
          const shown = (run: RunResult) =>
            run.resources
              .map(({ urn, inputs }) => [urn, display(inputs)])
              .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
          assert.deepEqual(shown(again), shown(result));
        });
      });
    }

    describe("on all clouds", () => {
      it("speaks of the same properties", () => {
        assert.equal(spokenOf.size, cloudNames.length - Object.keys(pattern.gaps ?? {}).length);
        for (const [cloud, properties] of spokenOf) assert.deepEqual(properties, [...spokenOf.values()][0], cloud);
      });
    });
  });
}
