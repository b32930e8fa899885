/** Judges a stack, or the preview of any Pulumi program, by the policy packs, in process. */
import { relative } from "node:path";
import {
  asDataClass,
  type Control,
  controls,
  type DataClass,
  evaluate,
  exempt,
  frameworks,
  idleBecause,
  isOpen,
  type PackConfig,
  PackConfigError,
  type Problem,
  packs,
  type ReportContext,
  type ReportFormat,
  type ResourceInput,
  readConfig,
  render,
  type Severity,
  type SourceLocation,
  severities,
  standing,
  type Verdict,
  viewOf,
} from "../../policies";
import { plan } from "../engine";
import { UsageError } from "../failure";
import { programOf, runOptions, type Stack, stackNames } from "../project";
import { type Baseline, readBaseline } from "./baseline";
import { baseOf, readGiven } from "./files";
import { ledgerOf, strayStacks } from "./ledger";
import { readPreview } from "./preview";
import { lossesOf } from "./replacements";
import { sourcesOf } from "./sources";

export interface Output {
  readonly format: ReportFormat;
  readonly file: string;
}

export interface CheckOptions {
  readonly format: ReportFormat;
  /** Reports to write into files beside the one that is printed. */
  readonly output?: readonly Output[];
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
  /** A JSON report of an earlier check: what fails there in the same words is told as known, and fails nothing. */
  readonly baseline?: string | undefined;
  /** The lowest severity of a control that fails the check; weaker ones are told as advisory. Default: low. */
  readonly failOn?: Severity | undefined;
  /** How many open verdicts may be undetermined. Default: any number. */
  readonly maxUndetermined?: number | undefined;
  /** Names of frameworks in the evidence report; empty for all. */
  readonly frameworks: readonly string[];
  /** Names of resources that may be replaced although their data are lost. */
  readonly allowReplace: readonly string[];
}

export interface CheckReport {
  readonly text: string;
  /** What to write into files. */
  readonly files: readonly { readonly file: string; readonly text: string }[];
  /** True when no control failed and nothing else is wrong. */
  readonly passed: boolean;
}

/** What there is to judge, wherever it comes from. */
interface Subject {
  readonly stack: string;
  /** Relative to the folder, with forward slashes. */
  readonly file: string;
  /** What the stack's configuration says of its data. */
  readonly dataClass: unknown;
  readonly resources: readonly ResourceInput[];
  readonly locations: ReadonlyMap<string, SourceLocation>;
  readonly problems: readonly Problem[];
}

const dataClassKey = "serverless-blueprints:dataClass";

/** Plans a stack of the project and judges the plan. */
export async function checkStack(stack: Stack, options: CheckOptions): Promise<CheckReport> {
  const { root } = stack.project;
  // What is wrong with the call is told before a plan takes its seconds.
  const { ledger, judge } = judgement(options, root);
  const { resources, traces } = await plan(programOf(stack.project), runOptions(stack));
  return judge({
    stack: stack.name,
    file: stack.file,
    dataClass: stack.config[dataClassKey],
    resources,
    locations: sourcesOf(traces, root),
    problems: strayStacks(ledger, stackNames(stack.project)),
  });
}

/** Judges what `pulumi preview --json --show-sames` printed, and refuses replacements that lose data. */
export async function checkPreview(file: string, options: CheckOptions, folder = process.cwd()): Promise<CheckReport> {
  const { judge } = judgement(options, folder);
  const { config, steps, ...preview } = readPreview(file, folder);
  return judge({
    ...preview,
    file: relative(folder, file) || file,
    dataClass: config[dataClassKey],
    problems: lossesOf(steps, options.allowReplace),
  });
}

/** Reads all that the options name, and judges what is handed over. */
function judgement(options: CheckOptions, folder: string) {
  const { format, output = [], enable, failOn, maxUndetermined } = options;
  const held = chosen(options);
  const config = configOf(options.policyConfig);
  const ledger = ledgerOf(options.exemptions, folder);
  const baseline = options.baseline === undefined ? undefined : readBaseline(options.baseline);
  for (const name of options.frameworks) oneOf(name, "framework", frameworks);
  const judge = (subject: Subject): CheckReport => {
    const { stack, resources, locations } = subject;
    const view = viewOf(resources, { dataClass: options.dataClass ?? asDataClass(subject.dataClass) });
    const idle = new Map(
      held.flatMap((control): [string, string][] => {
        const reason = idleBecause(control, view.dataClass, { enabled: enable, config });
        return reason === undefined ? [] : [[control.id, reason]];
      }),
    );
    const judged = held.filter(({ id }) => !idle.has(id));
    const found = evaluate(held, view, { enabled: enable, config });
    const exempted = ledger
      ? exempt(ledger, found, { stack, controls: judged, now: new Date() })
      : { verdicts: found, problems: [] };
    const verdicts = exempted.verdicts.map((verdict) => softened(verdict, baseline, failOn));
    const unknownTo = unknownProviders(resources);
    const problems = [
      ...subject.problems,
      ...exempted.problems.map((message) => ({ message })),
      ...overBudget(verdicts, unknownTo, maxUndetermined),
    ];
    const context: ReportContext = {
      stack,
      stackFile: subject.file,
      dataClass: view.dataClass,
      controls: held,
      idle,
      locations,
      base: baseOf(folder),
      problems,
      unknownTo,
      ...(options.frameworks.length > 0 && { frameworks: options.frameworks }),
    };
    return {
      text: render(verdicts, format, { ...context, colour: hasColours() }),
      files: output.map((one) => ({ file: one.file, text: render(verdicts, one.format, context) })),
      passed: problems.length === 0 && !verdicts.some((verdict) => standing(verdict) === "fail"),
    };
  };
  return { ledger, judge };
}

function chosen({ packs: names, enable }: CheckOptions): readonly Control[] {
  const named = names.flatMap((name) => oneOf(name, "policy pack", packs).controls);
  const held = names.length === 0 ? controls : [...new Set(named)];
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
  const text = readGiven(file, "name the configuration of the packs");
  try {
    return readConfig(text);
  } catch (error) {
    if (error instanceof PackConfigError) throw new UsageError(`${file}: ${error.fact}`, error.wayOut);
    throw error;
  }
}

const severityOf = new Map(controls.map(({ id, severity }) => [id, severities.indexOf(severity)]));

/** What the caller does not want to fail by: known from an earlier report, or of less severity. */
function softened(verdict: Verdict, baseline: Baseline | undefined, failOn: Severity = "low"): Verdict {
  const minor = (severityOf.get(verdict.control) ?? 0) < severities.indexOf(failOn);
  return {
    ...verdict,
    ...(minor && verdict.verdict !== "pass" && { advisory: true as const }),
    ...(baseline?.has(verdict) && { known: true as const }),
  };
}

/** Other providers of the same clouds. Nothing of them is judged, which must not look as if all were well. */
const otherProviders = ["aws-native", "azure", "google-native"];

function unknownProviders(resources: readonly ResourceInput[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { type, custom } of resources) {
    const [provider = ""] = type.split(":");
    if (custom && otherProviders.includes(provider)) counts.set(provider, (counts.get(provider) ?? 0) + 1);
  }
  return counts;
}

function overBudget(verdicts: readonly Verdict[], unknownTo: ReadonlyMap<string, number>, most?: number): Problem[] {
  if (most === undefined) return [];
  const open = verdicts.filter((verdict) => isOpen(verdict) && verdict.verdict === "undetermined" && !verdict.advisory);
  const others = [...unknownTo.values()].reduce((sum, count) => sum + count, 0);
  const count = open.length + others;
  const beside = others > 0 ? `, with ${others} resources that no control knows` : "";
  return count > most
    ? [{ message: `undetermined verdicts${beside}: ${count}; --max-undetermined allows ${most}` }]
    : [];
}

/** As terminals and people ask for it: NO_COLOR, FORCE_COLOR, TERM. */
function hasColours(): boolean {
  const forced = process.env.FORCE_COLOR;
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  return process.stdout.isTTY === true && process.stdout.hasColors();
}
