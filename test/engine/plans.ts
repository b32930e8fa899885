/** What the engine says of a stack, and what a plan in process says of it. */
import assert from "node:assert/strict";
import { display, plan } from "../../cli/engine";
import { findProject, programOf, readStack, runOptions } from "../../cli/project";
import { controls, evaluate, type ResourceInput, viewOf } from "../../policies";
import type { Cli, Step } from "./cli";

const idOf = (urn: string) => `${urn.split("::")[2]?.split("$").pop()} ${urn.split("::")[3]}`;
/** What was done or would be, as `op type name` in the order of the alphabet, but for what stays and the providers themselves. */
export const changes = (steps: readonly Step[]) =>
  steps
    .filter(({ op, urn }) => op !== "same" && !urn.includes("pulumi:providers:"))
    .map(({ op, urn }) => `${op} ${idOf(urn)}`)
    .sort();

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * What the program said must be what the engine has: the same value, or one that the engine knows more of by now, because a
 * provider's Check has given a name. Assets are told by hashes that are each side's own.
 */
function same(ours: unknown, engine: unknown, path: string): void {
  if (typeof ours === "string" && ours.includes(unknown)) {
    assert.ok(engine !== undefined && engine !== null, `${path} is known to be nothing`);
    return;
  }
  if (typeof ours === "string" && /^(?:asset|archive)\b/i.test(ours)) return;
  if (typeof ours === "object" && ours !== null && typeof engine === "object" && engine !== null) {
    if ("4dabf18193072939515e22adb298388d" in engine) return;
    for (const [key, value] of Object.entries(ours))
      same(value, (engine as Record<string, unknown>)[key], `${path}.${key}`);
    return;
  }
  assert.deepEqual(engine ?? null, ours ?? null, path);
}

/** What is not a pass, as packs tell it and as `evaluate` has it, must be the same of every resource, to the letter. */
function compareVerdicts(cli: Cli, resources: readonly ResourceInput[]): void {
  const told = cli
    .findings()
    .map(({ control, urn, level, message }) => `${level} ${control} ${urn}: ${message.trim()}`);
  const judged = evaluate(controls, viewOf(resources)).filter(({ verdict }) => verdict !== "pass");
  const expected = judged.map(({ verdict, control, urn, message }) => {
    const { title, fix } = controls.find(({ id }) => id === control) ?? { title: "", fix: "" };
    return verdict === "fail"
      ? `mandatory ${control} ${urn}: ${title}\n${message}. ${fix}`
      : `advisory ${control} ${urn}: ${title}: undetermined, ${message}`;
  });
  assert.deepEqual(told.sort(), expected.sort());
}

/** Packs and `evaluate` must judge what was deployed alike. */
export async function compareDeployed(cli: Cli, stack: string): Promise<void> {
  const resources = (await cli.stackExport(stack)).filter(({ type }) => !type.startsWith("pulumi:providers:"));
  compareVerdicts(
    cli,
    resources.map(({ urn, type, inputs = {}, ...state }) => ({
      ...state,
      urn,
      type,
      name: urn.split("::").slice(3).join("::"),
      inputs,
    })),
  );
}

/** A preview by the engine, with every pack, and a plan in process must say the same of every resource, and judge it alike. */
export async function comparePlan(cli: Cli, stack: string, steps: readonly Step[]): Promise<void> {
  const project = findProject(cli.work);
  const { resources } = await plan(programOf(project), runOptions(readStack(project, stack)));
  compareVerdicts(cli, resources);
  const previewed = new Map(
    steps.filter(({ urn }) => !urn.includes("pulumi:providers:")).map((step) => [step.urn, step.newState]),
  );
  assert.deepEqual(resources.map(({ urn }) => urn).sort(), [...previewed.keys()].sort());
  for (const resource of resources) {
    const state = previewed.get(resource.urn);
    assert.equal(state?.parent ?? "", resource.parent ?? "", resource.urn);
    assert.equal(state?.protect ?? false, resource.protect, resource.urn);
    assert.deepEqual(
      [...(state?.dependencies ?? [])].sort(),
      [...resource.dependencies].sort(),
      `${resource.urn} depends on`,
    );
    if (!resource.custom) continue;
    const { __provider: _, ...inputs } = display(resource.inputs) as Record<string, unknown>;
    same(inputs, state?.inputs, resource.urn);
  }
}

/** An up must give every resource what the preview said, and in the place of what was unknown a value. */
export function compareUp(previewed: readonly Step[], deployed: readonly Step[]): void {
  assert.deepEqual(changes(deployed), changes(previewed));
  const given = new Map(deployed.map(({ urn, newState }) => [urn, newState?.inputs]));
  for (const { urn, newState } of previewed) {
    if (/::pulumi:(?:providers|pulumi):/.test(urn)) continue;
    same(newState?.inputs ?? {}, given.get(urn) ?? {}, urn);
    // Code may say what a setting may not.
    if (urn.includes("$pulumi-nodejs:dynamic")) continue;
    assert.doesNotMatch(JSON.stringify(given.get(urn) ?? {}), /undefined|\[object Object\]|Calling \[toString\]/, urn);
  }
}
