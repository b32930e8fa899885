/**
 * The same small changes made to what the blueprints plan, once for each type and property: each is caught by every control whose
 * table names it for any stack, and by none whose table does not name the property. The blueprints themselves fail nothing.
 */
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { plan } from "../../../cli/engine";
import { findProject, programOf, readStack, runOptions } from "../../../cli/project";
import { controls, evaluate, normaliseType, type ResourceInput, type Verdict, viewOf } from "../../../policies";
import { plainProperties } from "../../../policies/known";
import { clouds } from "../../../policies/model";
import { goldens } from "./golden";
import type { Change } from "./matters";
import { scores } from "./score";
import { concernedAnywhere, expectedAnywhere, pattern, type Tried, tables } from "./tables";
import { mutantsOf } from "./tried";

const usual = controls.filter(({ optIn }) => optIn === undefined);
const judge = (resources: readonly ResourceInput[]) => evaluate(usual, viewOf(resources), { dataClass: "regulated" });
const failing = (verdicts: readonly Verdict[]) => [
  ...new Set(verdicts.filter(({ verdict }) => verdict === "fail").map(({ control }) => control)),
];
const open = (verdicts: readonly Verdict[]) =>
  verdicts.filter(({ verdict }) => verdict === "undetermined").map(({ control, urn }) => `${control} ${urn}`);

/** What no control can see in a plan though a table names it, and why. */
const unseen: readonly {
  readonly control: string;
  readonly at: RegExp;
  readonly type: RegExp;
  readonly why: string;
}[] = [
  {
    control: "IAM-09",
    at: /./,
    type: /^aws:iam\/rolePolicy:/,
    why: "its document is known after deployment only: the grants that the component registers are judged instead",
  },
  {
    control: "IAM-09",
    at: /-gcp: foundation-build-/,
    type: /^gcp:projects\/iAMMember:/,
    why: "the account that builds images is no workload's, and nothing declares its edges",
  },
  {
    control: "TLS-01",
    at: /-azure: /,
    type: /:WebApp$/,
    why: "without its plan the app has FTP, whose state its siteConfig says, which is known after deployment only",
  },
];
const isUnseen = (control: string, tried: Tried) =>
  unseen.some((one) => one.control === control && one.at.test(tried.at) && one.type.test(tried.type));

const blueprints = ["orders", "media-intake", "clickstream", "fulfilment"];
const project = findProject(resolve(__dirname, "../../.."));
async function planned(stack: string): Promise<ResourceInput[]> {
  const options = runOptions(readStack(project, stack, ["serverless-blueprints:dataClass=regulated"]));
  const { resources } = await plan(programOf(project), options);
  return resources.map((one) => ({ ...one, inputs: plainProperties(one.inputs) }));
}

describe("generated mutants of blueprints", () => {
  const present = new Set(goldens.flatMap(({ resources }) => resources.map(({ type }) => normaliseType(type))));
  for (const cloud of clouds) {
    const seen = new Set<string>();
    for (const stack of blueprints.map((blueprint) => `${blueprint}-${cloud}`))
      it(`of ${stack} are caught by the controls that decide over the property`, async function () {
        this.timeout(180_000);
        const resources = await planned(stack);
        for (const { type } of resources) present.add(normaliseType(type));
        const before = judge(resources);
        assert.deepEqual(failing(before), []);
        const openBefore = new Set(open(before));
        const wrong: Record<string, Change[]> = {};
        const note = (what: string, control: string, tried: Tried) => {
          const row = `${control} ${what} ${tried.type}: row("${pattern(tried.path)}", …)`;
          wrong[row] = [...(wrong[row] ?? []), tried.change];
        };
        for (const [tried, changed] of mutantsOf(stack, resources, seen)) {
          const verdicts = judge(changed);
          const caught = failing(verdicts);
          // What is to come may mend it: then the control says that it cannot tell any more.
          const doubtful = open(verdicts).filter((one) => !openBefore.has(one));
          const noticed = (control: string) =>
            caught.includes(control) || doubtful.some((one) => one.startsWith(`${control} `));
          const may = concernedAnywhere(tried);
          for (const control of caught)
            if (may.includes(control)) scores.killed(control, tried);
            else note("also caught", control, tried);
          for (const control of expectedAnywhere(tried))
            if (usual.some(({ id }) => id === control) && !noticed(control) && !isUnseen(control, tried))
              note("missed", control, tried);
        }
        assert.deepEqual(wrong, {}, "correct the tables beside this test");
      });
  }

  it("every type that a table names is in a compliant stack or a blueprint", () => {
    for (const { control, types } of tables)
      for (const type of Object.keys(types)) assert.ok(present.has(type), `${control} ${type}`);
  });
});
