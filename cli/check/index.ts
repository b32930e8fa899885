/** Judges a stack, or the preview of any Pulumi program, by the policy packs, in process. */
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import {
  type Control,
  controls,
  type DataClass,
  evaluate,
  exempt,
  frameworks,
  isOpen,
  type PackConfig,
  PackConfigError,
  packs,
  type ReportFormat,
  type ResourceInput,
  readConfig,
  render,
  type SourceLocation,
  standing,
  viewOf,
} from "../../policies";
import { plan } from "../engine";
import { UsageError } from "../failure";
import { programOf, runOptions, type Stack } from "../project";
import { ledgerOf } from "./ledger";
import { readPreview } from "./preview";
import { lossesOf } from "./replacements";
import { sourcesOf } from "./sources";

export interface CheckOptions {
  readonly format: ReportFormat;
  /** Names of packs; empty for all. */
  readonly packs: readonly string[];
  /** Ids of controls that are off unless switched on. */
  readonly enable: readonly string[];
  /** The file of the packs' configuration, as `pulumi --policy-pack-config` takes it. Default: none. */
  readonly policyConfig?: string | undefined;
  /** Default: what the stack says. */
  readonly dataClass?: DataClass | undefined;
  /** The ledger of exemptions. Default: policies/exemptions.yaml of the folder, where there is one. */
  readonly exemptions?: string | undefined;
  /** How many open verdicts may be undetermined. Default: any number. */
  readonly maxUndetermined?: number | undefined;
  /** Names of frameworks in the evidence report; empty for all. */
  readonly frameworks: readonly string[];
  /** Names of resources that may be replaced although their data are lost. */
  readonly allowReplace: readonly string[];
}

export interface CheckReport {
  readonly text: string;
  /** True when no control failed and nothing else is wrong. */
  readonly passed: boolean;
}

/** What there is to judge, wherever it comes from. */
interface Subject {
  readonly stack: string;
  /** Relative to the folder, with forward slashes. */
  readonly file: string;
  /** The folder that the ledger and all files are relative to. */
  readonly folder: string;
  readonly resources: readonly ResourceInput[];
  readonly locations: ReadonlyMap<string, SourceLocation>;
  readonly problems: readonly string[];
}

/** Plans a stack of the project and judges the plan. */
export async function checkStack(stack: Stack, options: CheckOptions): Promise<CheckReport> {
  // What is wrong with the call is told before a plan takes its seconds.
  const judge = judgement(options, stack.project.root);
  const { resources, traces } = await plan(programOf(stack.project), runOptions(stack));
  const { root } = stack.project;
  return judge({
    stack: stack.name,
    file: stack.file,
    folder: root,
    resources,
    locations: sourcesOf(traces, root),
    problems: [],
  });
}

/** Judges what `pulumi preview --json --show-sames` printed, and refuses replacements that lose data. */
export async function checkPreview(file: string, options: CheckOptions, folder = process.cwd()): Promise<CheckReport> {
  const judge = judgement(options, folder);
  const preview = readPreview(file);
  return judge({
    ...preview,
    file: relative(folder, file) || file,
    folder,
    problems: lossesOf(preview.steps, options.allowReplace),
  });
}

function judgement(options: CheckOptions, folder: string): (subject: Subject) => CheckReport {
  const held = chosen(options);
  const config = configOf(options.policyConfig);
  const ledger = ledgerOf(options.exemptions, folder);
  for (const name of options.frameworks) oneOf(name, "framework", frameworks);
  return ({ stack, file, resources, locations, problems }) => {
    const { format, enable, dataClass, maxUndetermined } = options;
    const found = evaluate(held, viewOf(resources, { ...(dataClass && { dataClass }) }), { enabled: enable, config });
    const judged = held.filter(({ id, optIn }) => {
      const own = config?.get(id);
      return own?.level !== "disabled" && (optIn === undefined || (own?.enabled ?? enable.includes(id)));
    });
    const exempted = ledger
      ? exempt(ledger, found, { stack, controls: judged, now: new Date() })
      : { verdicts: found, problems: [] };
    const { verdicts } = exempted;
    const all = [...problems, ...exempted.problems, ...overBudget(verdicts.filter(isOpen), maxUndetermined)];
    const text = render(verdicts, format, {
      stack,
      stackFile: file,
      controls: judged,
      locations,
      problems: all,
      colour: process.stdout.isTTY === true,
      ...(options.frameworks.length > 0 && { frameworks: options.frameworks }),
    });
    const failed = verdicts.some((verdict) => standing(verdict) === "fail");
    return { text, passed: !failed && all.length === 0 };
  };
}

function chosen({ packs: names, enable }: CheckOptions): readonly Control[] {
  const held = names.length === 0 ? controls : names.flatMap((name) => oneOf(name, "policy pack", packs).controls);
  for (const id of enable)
    oneOf(
      id,
      "control to switch on",
      held.filter(({ optIn }) => optIn !== undefined).map((control) => ({ name: control.id })),
    );
  return held;
}

function oneOf<T extends { readonly name: string }>(name: string, kind: string, all: readonly T[]): T {
  const found = all.find((one) => one.name === name);
  if (found) return found;
  const names = all.map((one) => one.name);
  throw new UsageError(`there is no ${kind} ${JSON.stringify(name)}`, `choose of ${names.join(", ") || "none"}`);
}

function configOf(file: string | undefined): PackConfig | undefined {
  if (file === undefined) return undefined;
  if (!existsSync(file)) throw new UsageError(`there is no file ${file}`, "name the configuration of the packs");
  try {
    return readConfig(readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof PackConfigError) throw new UsageError(`${file}: ${error.fact}`, error.wayOut);
    throw error;
  }
}

function overBudget(open: readonly { readonly verdict: string }[], most: number | undefined): string[] {
  const count = open.filter(({ verdict }) => verdict === "undetermined").length;
  return most !== undefined && count > most
    ? [`${count} verdicts are undetermined, and --max-undetermined allows ${most}`]
    : [];
}
