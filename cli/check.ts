/** Judges a stack by the policy packs, in process. */
import { controls, evaluate, packs, render, viewOf } from "../policies";
import { plan } from "./engine";
import { UsageError } from "./failure";
import { programOf, runOptions, type Stack } from "./project";

export type Format = "text" | "json" | "sarif" | "junit";

export interface CheckReport {
  readonly text: string;
  /** True when no control failed. */
  readonly passed: boolean;
}

/** @param only names of packs; empty for all. */
export async function checkStack(stack: Stack, format: Format, only: readonly string[]): Promise<CheckReport> {
  const unknown = only.filter((name) => !packs.some((pack) => pack.name === name));
  if (unknown.length > 0)
    throw new UsageError(
      `there is no policy pack ${unknown.join(", ")}`,
      `choose of ${packs.map(({ name }) => name).join(", ")}`,
    );
  const chosen =
    only.length === 0 ? controls : packs.filter(({ name }) => only.includes(name)).flatMap((pack) => pack.controls);
  const result = await plan(programOf(stack.project), runOptions(stack));
  const verdicts = evaluate(chosen, viewOf(result.resources));
  const text = render(verdicts, format, {
    stack: stack.name,
    stackFile: stack.file,
    controls: chosen,
    colour: process.stdout.isTTY === true,
  });
  return { text, passed: verdicts.every(({ verdict }) => verdict !== "fail") };
}
