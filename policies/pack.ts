import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  PolicyPack,
  type ResourceValidationPolicy,
  type StackValidationArgs,
  type StackValidationPolicy,
} from "@pulumi/policy";
import * as pulumi from "@pulumi/pulumi";
import { faults, properly, schemaOf } from "./config";
import { asDataClass } from "./data-class";
import { evaluate } from "./evaluate";
import { exempt, type Ledger, readLedger } from "./exemptions";
import { plainProperties } from "./known";
import { atLeast, type Control, type StackView, type Verdict } from "./model";
import { controls as allControls, everyPack, packs } from "./packs";
import { remediate, remediations } from "./remediations";
import { exemptionText } from "./reports/summary";
import { cloudOf, normalise } from "./types";
import { type ResourceInput, viewOf } from "./view";

/** Starts the pack of a folder, by its name in `packs`. */
export function startPack(name: string): PolicyPack {
  const all = [...packs, everyPack];
  const pack = all.find((one) => one.name === name);
  if (!pack) throw new Error(`There is no policy pack ${name}: choose of ${all.map((one) => one.name).join(", ")}.`);
  return asPulumiPack(`serverless-blueprints-${name}`, pack.controls, pack.title, ledger());
}

/** The ledger beside the packs, or the one that SERVERLESS_BLUEPRINTS_EXEMPTIONS names. A broken one starts no pack. */
function ledger(): Ledger | undefined {
  const named = process.env.SERVERLESS_BLUEPRINTS_EXEMPTIONS;
  const file = named ?? join(__dirname, "exemptions.yaml");
  if (named === undefined && !existsSync(file)) return undefined;
  const read = readLedger(readFileSync(file, "utf8"), file, allControls);
  if (read.problems.length > 0) throw new Error(read.problems.join("\n"));
  return read;
}

/** The controls as a pack that the Pulumi engine runs: one policy for each control, named by its id. */
export function asPulumiPack(
  name: string,
  controls: readonly Control[],
  description = "",
  exemptions?: Ledger,
): PolicyPack {
  const policies = asPolicies(controls, exemptions);
  return new PolicyPack(name, { description, enforcementLevel: "mandatory", policies });
}

type Policy = ResourceValidationPolicy & StackValidationPolicy;

/**
 * One policy for each control. It judges the stack as a whole, where the graph is; on the way there it keeps the inputs of
 * every resource, because in a preview the engine hands stack policies outputs, in which a value that was never set and
 * one that is not known yet look alike.
 */
export function asPolicies(controls: readonly Control[], ledger?: Ledger): Policy[] {
  const inputs = new Map<string, object>();
  return controls.map(
    (control): Policy => ({
      name: control.id,
      displayName: `${control.id} ${control.title}`,
      description: control.title,
      severity: control.severity,
      remediationSteps: control.fix,
      tags: Object.entries(control.frameworks).flatMap(([framework, ids]) =>
        ids.map((id: string) => `${framework}:${id}`),
      ),
      configSchema: schemaOf(control),
      ...(remediations.some((one) => one.control === control.id) && {
        remediateResource: ({ type, props, getConfig }) => remedied(control, type, props, getConfig()),
      }),
      validateResource: ({ urn, props }) => {
        inputs.set(urn, recorded(props));
      },
      validateStack: (args, reportViolation) => {
        const [fault] = faults(control, args.getConfig());
        // Whatever its level: what was meant for the control is not known.
        if (fault) return reportViolation(leveled("mandatory", `${fault.fact}: ${fault.wayOut}`));
        const { verdicts, problems } = exempted(control, verdictsOf(control, args, inputs), ledger);
        for (const { verdict, urn, message, exemption } of verdicts) {
          const told = `${control.title}: ${exemption ? exemptionText(exemption) : "undetermined"}, ${message}`;
          if (verdict === "undetermined" || (verdict === "fail" && exemption))
            reportViolation(leveled("advisory", told, urn), urn);
          else if (verdict === "fail") reportViolation(`${message}. ${control.fix}`, urn);
        }
        for (const problem of problems) reportViolation(problem);
      },
    }),
  );
}

const stackClass = () => asDataClass(new pulumi.Config("serverless-blueprints").get("dataClass"));

/** Of a configuration with a fault nothing is done: the stack is refused for it. */
function remedied(control: Control, type: string, props: Record<string, unknown>, config: Record<string, unknown>) {
  if (faults(control, config).length > 0) return undefined;
  const { settings, enabled, dataClass = stackClass() } = properly(config);
  if (dataClass !== undefined && !atLeast(dataClass, control.appliesFrom)) return undefined;
  return control.optIn !== undefined && enabled !== true ? undefined : remediate(control, type, props, settings);
}

/** A policy that throws takes the answers of all others with it, so neither of these does. What cannot be read counts as empty. */
function recorded(props: unknown): object {
  try {
    return plainProperties(props);
  } catch {
    return {};
  }
}

function verdictsOf(control: Control, args: StackValidationArgs, inputs: ReadonlyMap<string, object>): Verdict[] {
  try {
    return evaluate([control], engineView(args, inputs), {
      dataClass: stackClass(),
      config: new Map([[control.id, { level: "mandatory", ...properly(args.getConfig()) }]]),
    });
  } catch (error) {
    const kind = error instanceof Error ? error.name : "error";
    const message = `the control could not judge the stack (${kind})`;
    return [{ control: control.id, urn: args.resources[0]?.urn ?? "", verdict: "fail", message }];
  }
}

/** A control that is switched off has judged nothing, so its exemptions are not told to be unused. */
function exempted(control: Control, verdicts: readonly Verdict[], ledger: Ledger | undefined) {
  if (ledger === undefined || (control.optIn !== undefined && verdicts.length === 0)) return { verdicts, problems: [] };
  return exempt(ledger, verdicts, { stack: pulumi.getStack(), controls: [control], now: new Date() });
}

/**
 * What is undetermined or exempted is told, and stops nobody. The policy server takes a diagnostic of its own level in place of the message;
 * its public type does not say so (`ReportViolationArgs` in its server.ts), which a test holds against the pinned version.
 */
function leveled(enforcementLevel: "advisory" | "mandatory", message: string, urn?: string): string {
  const diagnostic = { message, urn, enforcementLevel };
  return diagnostic as unknown as string;
}

/** The engine's resources as `viewOf` takes them. Resources that were only read pass no analysis of inputs. */
function engineView({ resources }: StackValidationArgs, inputs: ReadonlyMap<string, object>): StackView {
  return viewOf(
    resources.map(({ urn, type, name, parent, props, propertyDependencies }): ResourceInput => {
      const recorded = inputs.get(urn);
      const custom = cloudOf(normalise(type)) !== undefined;
      return {
        urn,
        type,
        name,
        ...(parent && { parent: parent.urn }),
        custom,
        external: custom && inputs.size > 0 && recorded === undefined,
        inputs: recorded ?? props,
        outputs: props,
        propertyDependencies: Object.fromEntries(
          Object.entries(propertyDependencies).map(([property, of]) => [property, of.map((one) => one.urn)]),
        ),
      };
    }),
  );
}
