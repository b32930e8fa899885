/**
 * Event Grid's advanced filters, as "Understand event filtering for Event Grid subscriptions" describes them: all must
 * hold, the values of one are a choice, texts are compared without regard to case, lists match nothing.
 */
import type { EventGridFilter } from "../../../components/filter/event-grid";

type Json = unknown;

export function matchesEventGrid(
  { includedEventTypes, advancedFilters }: EventGridFilter,
  event: Readonly<Record<string, Json>>,
): boolean {
  const values = advancedFilters.reduce((total, { values }) => total + Math.max(1, values?.length ?? 1), 0);
  if (values > 25) throw new Error(`Event Grid takes 25 values, not ${values}`);
  const type = String(event.type).toLowerCase();
  if (!includedEventTypes.some((one) => one.toLowerCase() === type)) return false;
  return advancedFilters.every(({ operatorType, key, values = [], value }) =>
    meets(operatorType, at(event, key), values as readonly Json[], value),
  );
}

function at(event: Json, path: string): Json {
  return path
    .split(".")
    .reduce<Json>(
      (inner, key) =>
        typeof inner === "object" && inner !== null && !Array.isArray(inner) && Object.hasOwn(inner, key)
          ? (inner as Readonly<Record<string, Json>>)[key]
          : undefined,
      event,
    );
}

function meets(operator: string, found: Json, values: readonly Json[], value: Json): boolean {
  const text = typeof found === "string" ? found.toLowerCase() : undefined;
  const texts = values.map((one) => String(one).toLowerCase());
  const number = typeof found === "number" ? found : undefined;
  switch (operator) {
    case "IsNotNull":
      return found !== undefined && found !== null;
    case "IsNullOrUndefined":
      return found === undefined || found === null;
    case "StringIn":
      return text !== undefined && texts.includes(text);
    case "StringBeginsWith":
      return text !== undefined && texts.some((one) => text.startsWith(one));
    case "StringEndsWith":
      return text !== undefined && texts.some((one) => text.endsWith(one));
    case "NumberIn":
      return number !== undefined && values.includes(number);
    case "NumberInRange":
      return (
        number !== undefined &&
        (values as readonly [number, number][]).some(([min, max]) => number >= min && number <= max)
      );
    case "NumberGreaterThanOrEquals":
      return number !== undefined && number >= Number(value);
    case "NumberLessThanOrEquals":
      return number !== undefined && number <= Number(value);
    case "BoolEquals":
      return found === value;
    default:
      throw new Error(`no such operator: ${operator}`);
  }
}
