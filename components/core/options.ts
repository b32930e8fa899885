import { type Duration, parseDuration } from "./duration";
import type { Problem } from "./errors";

/** Reads durations at the door and collects what is wrong with them. */
export class Durations {
  readonly problems: Problem[] = [];

  /** Seconds; a text that is no duration is a problem and counts as undefined from there on. */
  seconds(option: string, text: Duration): number | undefined {
    const parsed = parseDuration(text);
    if (parsed === undefined) {
      const fact = `${option}=${JSON.stringify(text)} is not a duration in whole seconds`;
      this.problems.push({
        code: "SB-C004",
        fact,
        wayOut: 'write it like "30 seconds", "5 minutes", "1 hour" or "14 days"',
      });
    }
    return parsed;
  }
}
