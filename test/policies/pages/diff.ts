import type { Stack } from "../support/stack";
import { codeOf } from "./code";

const programOf = (stack: Stack) => new Map(stack.declarations().map((one) => [one.name, codeOf(one)]));

/** The resources that a change touches, by name. */
export function touched(before: Stack, after: Stack): string[] {
  const [old, now] = [programOf(before), programOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name));
}

/** What a change makes of a stack's program, as a diff of the resources it touches. */
export function diffOf(before: Stack, after: Stack): string {
  const [old, now] = [programOf(before), programOf(after)];
  return touched(before, after)
    .map((name) => lines(old.get(name)?.split("\n") ?? [], now.get(name)?.split("\n") ?? []).join("\n"))
    .join("\n");
}

/** The longest common lines stay; a few of them around each change are shown. */
function lines(old: readonly string[], now: readonly string[]): string[] {
  const length: number[][] = Array.from({ length: old.length + 1 }, () => Array<number>(now.length + 1).fill(0));
  const at = (i: number, j: number) => length[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--) {
      const row = length[i];
      if (row) row[j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  const found: string[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      found.push(`  ${old[i++]}`);
      j++;
    } else if (i < old.length && (j >= now.length || at(i + 1, j) >= at(i, j + 1))) found.push(`- ${old[i++]}`);
    else found.push(`+ ${now[j++]}`);
  }
  return near(found);
}

const context = 2;

function near(all: readonly string[]): string[] {
  const changed = all.flatMap((line, index) => (line.startsWith("  ") ? [] : [index]));
  const kept = (index: number) => index === 0 || changed.some((one) => Math.abs(one - index) <= context);
  return all.flatMap((line, index) => {
    if (kept(index)) return [line];
    return kept(index - 1) ? ["  …"] : [];
  });
}
