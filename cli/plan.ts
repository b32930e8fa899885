/** What a stack will be, found out in process: no account, no CLI, no network. */
import { controls, evaluate, exempt, standing, type Verdict, viewOf } from "../policies";
import { ledgerOf } from "./check/ledger";
import { display, type PlannedResource, plan as run } from "./engine";
import { programOf, runOptions, type Stack } from "./project";
import { columns } from "./table";

export interface PlanReport {
  readonly stack: string;
  readonly blueprint: string;
  readonly cloud: string;
  readonly resources: readonly {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    readonly parent: string | undefined;
    readonly inputs: unknown;
  }[];
  readonly contract: readonly ContractLine[];
  readonly grants: readonly GrantLine[];
  readonly verdicts: readonly Verdict[];
  readonly warnings: readonly string[];
  /** What only a cloud or a key can tell: functions not called, `secure:` values not opened. */
  readonly unknown: readonly string[];
  readonly seconds: number;
}
interface ContractLine {
  readonly component: string;
  readonly property: string;
  readonly asked: string;
  readonly given: string;
  readonly how: string;
  readonly why: string;
  readonly source: string;
}
interface GrantLine {
  readonly from: string;
  readonly to: string;
  readonly operations: readonly string[];
  readonly rendered: readonly unknown[];
}

/** Plans a stack and judges it by every control. */
export async function planStack(stack: Stack): Promise<PlanReport> {
  const result = await run(programOf(stack.project), runOptions(stack));
  const setting = (key: string) => stack.config[`serverless-blueprints:${key}`] ?? "";
  const components = result.resources.filter(({ custom }) => !custom);
  const registered = <Line>(key: string) =>
    components.flatMap((component) => {
      const lines = display(component.outputs[key]);
      return Array.isArray(lines) ? lines.map((line: Line) => ({ ...line, component: component.name })) : [];
    });
  return {
    stack: stack.name,
    blueprint: setting("blueprint"),
    cloud: setting("cloud"),
    resources: result.resources.map(({ urn, type, name, parent, inputs }) => ({
      urn,
      type,
      name,
      parent,
      inputs: display(inputs),
    })),
    contract: registered<ContractLine>("contract"),
    grants: registered<GrantLine>("grants").map(({ component: _, ...line }) => line),
    verdicts: judged(stack, result.resources),
    warnings: result.logs.filter(({ severity }) => severity === "warning").map(({ message }) => message),
    unknown: [...result.unknownInvokes, ...stack.withheld],
    seconds: result.seconds,
  };
}

/** Verdicts as `check` has them, exemptions marked; whether those hold is for `check` to say. */
function judged({ name, project }: Stack, resources: readonly PlannedResource[]): readonly Verdict[] {
  const verdicts = evaluate(controls, viewOf(resources));
  const ledger = ledgerOf(undefined, project.root);
  return ledger ? exempt(ledger, verdicts, { stack: name, controls, now: new Date() }).verdicts : verdicts;
}

/** The report for people: tree, contract, grants, verdicts. */
export function planText(report: PlanReport): string {
  const contract = report.contract.map(({ component, property, asked, given, how, why }) => [
    component,
    property,
    asked,
    given,
    how,
    why,
  ]);
  const [failed, open, exempted] = (["fail", "undetermined", "exempted"] as const).map((one) =>
    report.verdicts.filter((verdict) => standing(verdict) === one),
  ) as [Verdict[], Verdict[], Verdict[]];
  const passed = report.verdicts.length - failed.length - open.length - exempted.length;
  const aside = exempted.length > 0 ? `, ${exempted.length} exempted` : "";
  const sections = [
    `${report.stack}: ${report.blueprint} on ${report.cloud}, ${report.resources.length} resources, planned in ${report.seconds.toFixed(1)} s`,
    `Resources\n${tree(report.resources)}`,
    `Delivery contract\n${columns([["COMPONENT", "PROPERTY", "ASKED", "GIVEN", "HOW", "WHY"], ...contract], "  ")}`,
    `Grants\n${columns([["FROM", "MAY", "ON", "AS"], ...report.grants.map(grantCells)], "  ")}`,
    `Policies: ${passed} passed, ${failed.length} failed, ${open.length} undetermined${aside}`,
    ...[...failed, ...open, ...exempted].map(
      (one) => `  ${one.control} ${standing(one)} ${nameOf(one.urn)}: ${one.message}`,
    ),
    ...(report.warnings.length > 0 ? [`Warnings\n${report.warnings.map((line) => `  ${line}`).join("\n")}`] : []),
    ...(report.unknown.length > 0 ? [`Not known before deployment: ${report.unknown.join(", ")}`] : []),
  ];
  return sections.join("\n\n").replace(/\n\n {2}(?=[A-Z]+-\d)/g, "\n  ");
}

function grantCells({ from, to, operations, rendered }: GrantLine): string[] {
  return [from, operations.join(", "), to, rendered.map((permission) => JSON.stringify(permission)).join(" ")];
}

function tree(resources: PlanReport["resources"]): string {
  const root = resources.find(({ parent }) => parent === undefined || parent === "");
  const below = (parent: string | undefined, indent: string): string[] =>
    resources
      .filter((resource) => resource.parent === parent && resource !== root)
      .flatMap(({ urn, type, name }) => [`${indent}${type}  ${name}`, ...below(urn, `${indent}  `)]);
  return below(root?.urn, "  ").join("\n");
}

/** The last part of a URN. */
function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

export type { PlannedResource };
