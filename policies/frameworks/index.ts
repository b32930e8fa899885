import type { Control } from "../model";
import { cisAws } from "./cis-aws";
import { cisAzure } from "./cis-azure";
import { cisControls } from "./cis-controls";
import { cisGcp } from "./cis-gcp";
import type { Framework, Requirement } from "./framework";
import { gdpr } from "./gdpr";
import { hipaa } from "./hipaa";
import { nist80053 } from "./nist-800-53";
import { pciDss } from "./pci-dss";
import { soc2 } from "./soc2";

export type { Framework, Requirement } from "./framework";

export const frameworks: readonly Framework[] = [
  gdpr,
  hipaa,
  pciDss,
  soc2,
  cisControls,
  cisAws,
  cisAzure,
  cisGcp,
  nist80053,
];

/** A control that helps to meet a requirement, and by which of the framework's paragraphs. */
export interface Coverage {
  readonly control: Control;
  readonly paragraphs: readonly string[];
}

/** The requirement that a paragraph is, or is a part of: `AC-6(10)` is part of `AC-6`. */
export function requirementOf(framework: Framework, paragraph: string): Requirement | undefined {
  const holding = framework.requirements.filter(
    ({ id }) => paragraph === id || (paragraph.startsWith(id) && /^[.(-]/.test(paragraph.slice(id.length))),
  );
  return holding.sort((a, b) => b.id.length - a.id.length)[0];
}

/** By requirement, in the framework's order, the controls that help to meet it; none where no technical control does. */
export function coverage(
  framework: Framework,
  controls: readonly Control[],
): readonly { readonly requirement: Requirement; readonly by: readonly Coverage[] }[] {
  const { paragraphs } = framework;
  if (paragraphs === undefined)
    return framework.requirements.map((requirement) => {
      const named = controls.filter(({ id }) => requirement.controls?.includes(id));
      return { requirement, by: named.map((control) => ({ control, paragraphs: [requirement.id] })) };
    });
  const placed = controls.map((control) => ({
    control,
    places: control.frameworks[paragraphs].map((one) => [one, requirementOf(framework, one)] as const),
  }));
  return framework.requirements.map((requirement) => {
    const by = placed.flatMap(({ control, places }): Coverage[] => {
      const own = places.filter(([, at]) => at === requirement).map(([paragraph]) => paragraph);
      return own.length === 0 ? [] : [{ control, paragraphs: own }];
    });
    return { requirement, by };
  });
}
