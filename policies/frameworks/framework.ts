import type { Frameworks } from "../model";

export interface Requirement {
  /** As the framework numbers it. */
  readonly id: string;
  /** What it asks for, in short and in words of our own: the framework's text decides. */
  readonly title: string;
  /** The controls that help to meet it, where they are not found by the paragraphs that controls name themselves. */
  readonly controls?: readonly string[];
}

export interface Framework {
  readonly name: string;
  readonly title: string;
  /** Where the text stands. */
  readonly source: string;
  /** What the list leaves out. */
  readonly scope: string;
  /** The member of a control's `frameworks` whose paragraphs belong here; undefined where requirements name controls. */
  readonly paragraphs: keyof Frameworks | undefined;
  readonly requirements: readonly Requirement[];
}

/** One requirement a line: its number, its title, and the controls by name where no paragraphs do, two or more spaces apart. */
export function requirements(text: string): readonly Requirement[] {
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [id = "", title = "", controls] = line.trim().split(/ {2,}/);
      return { id, title, ...(controls && { controls: controls.split(" ") }) };
    });
}
