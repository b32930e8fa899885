import * as pulumi from "@pulumi/pulumi";
import type { Realization, Realizer } from "./cloud";
import type { CloudName } from "./clouds";
import type { ContractRow } from "./contract";
import { BlueprintError, type Problem, type Subject } from "./errors";
import type { Nodes } from "./escape";
import type { GrantRecord } from "./grant";
import { checkLimits, type LimitRow } from "./limits";
import { nameFault } from "./names";
import { type Site, site } from "./site";

/** The package's resource module: every component's type token is `blueprints:index:<Kind>` on every cloud. */
export const tokenPrefix = "blueprints:index:";

/** A component of the catalog: the same type token and outputs on every cloud, with what it promises and what it grants. */
export abstract class Pattern<Kind extends string = string> extends pulumi.ComponentResource {
  readonly site: Site;
  /** The name given by the user; children are named after it. */
  readonly id: string;
  /** What was asked and what this cloud gives. Complete once the constructor has returned. */
  contract: readonly ContractRow[] = [];
  /** The permissions this component's functions got. */
  grants: readonly GrantRecord[] = [];
  /** The provider's own resources, under the selected cloud's name. */
  nodes: Nodes<Kind> = {};

  protected constructor(
    readonly kind: Kind,
    name: string,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(`${tokenPrefix}${kind}`, name, {}, opts);
    this.id = name;
    this.site = site();
  }

  get subject(): Subject {
    return { kind: this.kind, name: this.id, cloud: this.site.cloud };
  }

  /** Throws one error with all that is wrong. */
  refuse(problems: readonly Problem[]): never {
    throw new BlueprintError(this.subject, problems);
  }

  /** Options of every child. `stateful` ones are protected as the site says, and never deleted before their replacement stands. */
  child(options: pulumi.CustomResourceOptions & { readonly stateful?: boolean } = {}): pulumi.CustomResourceOptions {
    const { stateful, ...rest } = options;
    return { parent: this, ...(stateful && this.site.protect ? { protect: true } : {}), ...rest };
  }

  /**
   * Holds the asked values against the limits before any child exists: throws one error with all that is wrong, warns
   * once about all that is not portable, and returns the values with their contract rows.
   */
  protected admit<Values extends Readonly<Record<string, number | undefined>>>(
    limits: readonly LimitRow[],
    asked: Values,
    outOfRange: "refuse" | "clamp",
    others: readonly Problem[] = [],
  ): { readonly values: Values; readonly rows: readonly ContractRow[] } {
    const report = checkLimits(limits, asked, {
      cloud: this.site.cloud,
      portability: this.site.portability,
      outOfRange,
    });
    const named = nameFault(this.id);
    const problems = [...report.problems, ...others];
    if (named) problems.unshift({ code: "SB-C004", fact: named, wayOut: "choose another name, such as order-intake" });
    if (problems.length > 0) throw new BlueprintError(this.subject, problems);
    if (report.warnings.length > 0)
      void pulumi.log.warn(`${this.kind} "${this.id}": ${report.warnings.join("; ")}.`, this);
    return report;
  }

  /** Hands the parsed spec to the selected cloud, and registers what it promises and grants. */
  protected realize<Spec, Outputs extends object>(
    realizer: Realizer<this, Spec, Outputs>,
    spec: Spec,
    rows: readonly ContractRow[] = [],
    intent: Readonly<Record<string, unknown>> = {},
  ): Outputs {
    if (typeof realizer !== "function") {
      const fact = `${this.site.cloud} cannot provide it: ${realizer.unsupported}`;
      throw new BlueprintError(this.subject, [{ code: "SB-C003", fact, wayOut: realizer.instead }]);
    }
    const made: Realization<Outputs> = realizer(this, spec);
    // A clamped property has its row from the limits; the realization's own row of that name describes what was given.
    const clampedNames = new Set(rows.map((row) => row.property));
    this.contract = [...rows, ...made.contract.filter((row) => !clampedNames.has(row.property))];
    this.grants = made.grants;
    const byCloud: Partial<Record<CloudName, object>> = { [this.site.cloud]: made.nodes };
    this.nodes = byCloud as Nodes<Kind>;
    this.registerOutputs({ ...made.outputs, ...intent, contract: this.contract, grants: this.grants });
    return made.outputs;
  }
}
