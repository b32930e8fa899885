import type { PackConfig } from "./config";
import {
  atLeast,
  type Control,
  clouds,
  type DataClass,
  type Finding,
  fail,
  type Outcome,
  type ResourceView,
  type Rule,
  type Settings,
  type StackView,
  type Verdict,
} from "./model";
import { cloudOf } from "./types";

export interface EvaluateOptions {
  readonly dataClass?: DataClass | undefined;
  /** What the packs' configuration says of single controls; it goes before the two others. */
  readonly config?: PackConfig | undefined;
  /** Ids of the opt-in controls that are switched on. */
  readonly enabled?: readonly string[] | undefined;
}

/**
 * Judges a stack by controls: one verdict for each control and resource, ordered by control and URN whatever the order
 * of the resources. The same function serves the command line and the Pulumi policy packs.
 */
export function evaluate(
  controls: readonly Control[],
  view: StackView,
  { dataClass, enabled = [], config }: EvaluateOptions = {},
): Verdict[] {
  const whole = dataClass === undefined ? view : within(view, dataClass, {});
  const subjects = whole.resources.filter(({ custom, external }) => custom && !external);
  return controls
    .flatMap((control) => {
      const own = config?.get(control.id);
      const stack =
        own && (own.dataClass !== undefined || Object.keys(own.settings).length > 0)
          ? within(whole, own.dataClass ?? whole.dataClass, own.settings)
          : whole;
      if (idleBecause(control, whole.dataClass, { enabled, config }) !== undefined) return [];
      const verdicts = merged(control, stack, findings(control, stack, subjects));
      return own?.level === "advisory" ? verdicts.map((one): Verdict => ({ ...one, advisory: true })) : verdicts;
    })
    .sort((a, b) => compare(a.control, b.control) || compare(a.urn, b.urn));
}

/** Why a control is held against nothing at all; undefined where it judges what there is. */
export function idleBecause(
  control: Control,
  dataClass: DataClass,
  { enabled = [], config }: Omit<EvaluateOptions, "dataClass">,
): string | undefined {
  const own = config?.get(control.id);
  if (own?.level === "disabled") return "switched off by the policy configuration";
  if (control.optIn !== undefined && !own?.enabled && !enabled.includes(control.id)) return "off unless switched on";
  const held = own?.dataClass ?? dataClass;
  return atLeast(held, control.appliesFrom) ? undefined : `not demanded of ${held} data`;
}

function within(view: StackView, dataClass: DataClass, settings: Settings): StackView {
  const { urn, resources } = view;
  return {
    dataClass,
    settings,
    urn,
    resources,
    get: (of) => view.get(of),
    ofType: (...types) => view.ofType(...types),
    dependencies: (of, property) => view.dependencies(of, property),
    owner: (of) => view.owner(of),
  };
}

type Placed = Finding & { readonly urn: string };

function findings(control: Control, stack: StackView, subjects: readonly ResourceView[]): Placed[] {
  const found: Placed[] = [];
  for (const cloud of clouds) {
    const rules = control.clouds[cloud];
    const present = subjects.filter(({ type }) => cloudOf(type) === cloud);
    if ("notApplicable" in rules || present.length === 0) continue;
    for (const rule of rules) {
      if ("judgeStack" in rule) found.push(...placed(stack.urn, () => rule.judgeStack(stack)));
      else
        for (const resource of present.filter(({ type }) => concerns(rule, type)))
          found.push(...placed(resource.urn, () => rule.judge(resource, stack)));
    }
  }
  return found;
}

function concerns(rule: Rule, type: string): boolean {
  if ("judgeStack" in rule) return false;
  return rule.types instanceof RegExp ? rule.types.test(type) : rule.types.includes(type);
}

/** Runs a rule. One that throws has met properties no provider accepts: that is a failure of the resource, never of the run. */
function placed(urn: string, judge: () => Finding | readonly Finding[] | undefined): Placed[] {
  try {
    const found = judge() ?? [];
    return (Array.isArray(found) ? found : [found]).map((finding: Finding) => ({
      ...finding,
      urn: finding.urn ?? urn,
    }));
  } catch (error) {
    // The error's message may quote a value; its name cannot.
    const kind = error instanceof Error ? error.name : "error";
    return [{ ...fail(`its properties have a shape that cannot be judged (${kind})`), urn }];
  }
}

const rank: readonly Outcome[] = ["pass", "undetermined", "fail"];

/** The worst outcome for each resource, with everything that led to it. */
function merged(control: Control, stack: StackView, found: readonly Placed[]): Verdict[] {
  const byUrn = new Map<string, Placed[]>();
  for (const finding of found) {
    const urn = finding.urn || stack.urn;
    const same = byUrn.get(urn);
    if (same) same.push(finding);
    else byUrn.set(urn, [finding]);
  }
  return [...byUrn].map(([urn, all]) => {
    const verdict = rank.findLast((outcome) => all.some((finding) => finding.verdict === outcome)) ?? "pass";
    const reasons = all.filter((finding) => finding.verdict === verdict).map(({ message }) => message);
    return { control: control.id, urn, verdict, message: [...new Set(reasons)].sort(compare).join("; ") };
  });
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
