import { fieldOf } from "../../runtime/field";
import { UsageError } from "../failure";
import type { DeadLetter } from "./box";

/** Whether a dead letter is meant. */
export type Where = (letter: DeadLetter) => boolean;

/** `error=…`, `attempts=…`, `key=…`, or a field of the body: `customer.city=Berlin`. All must hold; texts compare whole, `error` by its beginning. */
export function parseWhere(conditions: readonly string[]): Where {
  const tests = conditions.map((condition): Where => {
    const [, field, value] = /^([A-Za-z_][\w.-]*)=(.*)$/s.exec(condition) ?? [];
    if (field === undefined || value === undefined)
      throw new UsageError(
        `--where ${condition} is no condition`,
        "write --where field=value, such as customer.city=Berlin",
      );
    if (field === "error") return ({ error }) => error.startsWith(value);
    if (field === "attempts") return ({ attempts }) => String(attempts) === value;
    if (field === "key") return ({ key }) => key === value;
    return ({ body }) => String(fieldOf(parsed(body), field)) === value;
  });
  return (letter) => tests.every((test) => test(letter));
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
