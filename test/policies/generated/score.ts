/** The mutation score of every control and cloud: those that are generated, and those written by hand. */

import { controls } from "../../../policies";
import { type Cloud, clouds } from "../../../policies/model";
import { cloudOf, normalise } from "../../../policies/types";
import { suites } from "../support/mutants";
import type { Change } from "./matters";
import type { Tried } from "./tables";

export interface Score {
  readonly control: string;
  readonly cloud: Cloud;
  killed: number;
  survived: Survivor[];
  byHand: number;
}

export interface Survivor {
  readonly tried: Tried;
  readonly reason: string;
}

/** Why a change that no control catches leaves the stack as safe, or cannot come to be. */
const reasons: Readonly<Record<Change, string>> = {
  removed: "the provider's default is as good, or somebody loses access by it",
  dropped: "nothing else needs it",
  flipped: "either is safe",
  emptied: "the provider refuses an empty value, or nobody is granted anything by it",
  "wrong type": "the provider refuses a value of another type",
  lowered: "a lower number is stricter, or as good",
  raised: "a higher number is stricter, or as good",
  "the provider's key": "no key is expected there, and a text is as good as another",
  "other text": "another name, key or principal of one's own is as good",
  "Allow * appended": "the statement is of somebody who may already do everything",
  "wildcard hidden in a list": "the principal may already do everything, or a denial of more is stricter",
  "Principal widened": "the condition beside it, or a denial, still holds",
};

class Scores {
  private readonly cells = new Map<string, Score>();

  of(control: string, cloud: Cloud): Score {
    const key = `${control} ${cloud}`;
    const cell = this.cells.get(key) ?? { control, cloud, killed: 0, survived: [], byHand: 0 };
    this.cells.set(key, cell);
    return cell;
  }

  survived(control: string, tried: Tried): void {
    const cloud = cloudOf(tried.type);
    if (cloud) this.of(control, cloud).survived.push({ tried, reason: reasons[tried.change] });
  }

  killed(control: string, tried: Tried): void {
    const cloud = cloudOf(tried.type);
    if (cloud) this.of(control, cloud).killed += 1;
  }

  /** Every cell that has rules, with the hand-written mutants of the suites that are loaded. */
  all(): Score[] {
    const cells = controls.flatMap(({ id, clouds: cells }) =>
      clouds.filter((cloud) => !("notApplicable" in cells[cloud])).map((cloud) => this.of(id, cloud)),
    );
    for (const cell of cells) cell.byHand = byHand(cell.control, cell.cloud);
    return cells;
  }
}

/** Of this run. */
export const scores = new Scores();

function byHand(control: string, cloud: Cloud): number {
  const ofCloud = suites.filter((suite) => suite.control === control && cloudOfSuite(suite.make) === cloud);
  return ofCloud.reduce((count, { mutants }) => count + mutants.length, 0);
}

type Make = (typeof suites)[number]["make"];
const known = new Map<Make, Cloud | undefined>();
function cloudOfSuite(make: Make): Cloud | undefined {
  if (!known.has(make)) {
    const first = make()
      .resources("deployed")
      .map(({ type }) => cloudOf(normalise(type)))
      .find((cloud) => cloud !== undefined);
    known.set(make, first);
  }
  return known.get(make);
}
