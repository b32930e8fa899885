/** What controls are made of: views of a planned or deployed stack, rules over them, and their verdicts. */
import type { Setting } from "./settings";

export const clouds = ["aws", "azure", "gcp"] as const;
export type Cloud = (typeof clouds)[number];

/** What a control's configuration says, by setting; checked before anything is judged. */
export type Settings = Readonly<Record<string, unknown>>;

/** How sensitive a stack's data is, weakest first. */
export const dataClasses = ["internal", "confidential", "regulated"] as const;
export type DataClass = (typeof dataClasses)[number];

/** A resource as controls see it: plain values, with the engine's sentinel where a value is not known yet. */
export interface ResourceView {
  readonly urn: string;
  /** Normalised: no API version, no generation suffix, one module name (see `types.ts`). */
  readonly type: string;
  readonly name: string;
  readonly parent: string | undefined;
  readonly custom: boolean;
  /** Read from elsewhere and not managed by this stack: it may be referred to, and is not judged. */
  readonly external: boolean;
  /** Inputs, where the program or the provider's check set them; for a component what it registered. */
  readonly props: Readonly<Record<string, unknown>>;
  /** Which resources each top-level property takes its value from. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
}

/** The stack as a graph. */
export interface StackView {
  readonly dataClass: DataClass;
  /** Of the control that is judging; empty without configuration. */
  readonly settings: Settings;
  /** Where findings about the stack as a whole are reported. */
  readonly urn: string;
  readonly resources: readonly ResourceView[];
  get(urn: string): ResourceView | undefined;
  ofType(...types: readonly string[]): readonly ResourceView[];
  /** The resources that a top-level property takes its value from. */
  dependencies(of: ResourceView, property: string): readonly ResourceView[];
  /** The nearest component of the catalog above a resource. */
  owner(of: ResourceView): ResourceView | undefined;
}

/** `undetermined`: the value that decides is known after deployment only. */
export type Outcome = "pass" | "fail" | "undetermined";

export interface Finding {
  readonly verdict: Outcome;
  /** One sentence or clause without any property's value: secrets arrive here in plain text. */
  readonly message: string;
  /** Where it is reported. Default: the resource that was judged, or the stack. */
  readonly urn?: string;
}

export const pass = (message: string, urn?: string): Finding => ({ verdict: "pass", message, ...(urn && { urn }) });
export const fail = (message: string, urn?: string): Finding => ({ verdict: "fail", message, ...(urn && { urn }) });
export const undetermined = (message: string, urn?: string): Finding => ({
  verdict: "undetermined",
  message,
  ...(urn && { urn }),
});

/** Judges the resources of some types one by one. No finding means that the resource is none of the rule's business. */
export interface ResourceRule {
  readonly types: readonly string[] | RegExp;
  readonly judge: (resource: ResourceView, stack: StackView) => Finding | readonly Finding[] | undefined;
}

/** Judges the stack as a whole, where it has resources of the rule's cloud. */
export interface StackRule {
  readonly judgeStack: (stack: StackView) => Finding | readonly Finding[] | undefined;
}

export type Rule = ResourceRule | StackRule;

export interface NotApplicable {
  readonly notApplicable: string;
}

/** Paragraphs that a control helps to meet. */
export interface Frameworks {
  /** General Data Protection Regulation. */
  readonly gdpr: readonly string[];
  /** HIPAA Security and Privacy Rules, 45 CFR. */
  readonly hipaa: readonly string[];
  /** PCI DSS 4.0.1. */
  readonly pciDss: readonly string[];
  /** SOC 2 trust services criteria. */
  readonly soc2: readonly string[];
  /** CIS Controls v8 safeguards. */
  readonly cis: readonly string[];
  /** NIST SP 800-53 revision 5. */
  readonly nist80053: readonly string[];
}

/** Weakest first. */
export const severities = ["low", "medium", "high", "critical"] as const;
export type Severity = (typeof severities)[number];

export interface Control {
  readonly id: string;
  readonly title: string;
  /** What goes wrong without it. */
  readonly why: string;
  /** What to do about a failure. */
  readonly fix: string;
  readonly severity: Severity;
  readonly frameworks: Frameworks;
  /** The lowest data class that the control is demanded of. */
  readonly appliesFrom: DataClass;
  /** Why it is judged only where it is switched on by its id. */
  readonly optIn?: string;
  /** What its configuration may set beside the data class; its rules read it off the stack. */
  readonly settings?: Readonly<Record<string, Setting>>;
  readonly clouds: Readonly<Record<Cloud, readonly Rule[] | NotApplicable>>;
}

/** One verdict for each control and resource: the worst of what its rules found. */
export interface Verdict {
  readonly control: string;
  readonly urn: string;
  readonly verdict: Outcome;
  readonly message: string;
  /** Somebody has accepted the finding for a while: it is told, and stops nobody. */
  readonly exemption?: Exemption;
  /** Configured so: it is told, and stops nobody. */
  readonly advisory?: true;
  /** An earlier report has it, word for word: it is told, and stops nobody. */
  readonly known?: true;
}

export interface Exemption {
  /** Who answers for it. */
  readonly owner: string;
  readonly reason: string;
  /** Where it is being worked on. */
  readonly ticket: string;
  /** The last day on which it holds, as YYYY-MM-DD in UTC. */
  readonly expires: string;
}

/** True where the stack's data class is `from` or more sensitive. */
export function atLeast(dataClass: DataClass, from: DataClass): boolean {
  return dataClasses.indexOf(dataClass) >= dataClasses.indexOf(from);
}

/** Type of a catalog component by its kind: `component("Foundation")`. */
export const component = (kind: string): string => `${componentPrefix}${kind}`;
export const componentPrefix = "blueprints:index:";
