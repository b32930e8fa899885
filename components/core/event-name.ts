import type { Problem } from "./errors";

/** Organization, contexts, then the entity with its verb, then the major version. */
const shape = /^[a-z0-9]+(\.[a-z0-9-]+)+\.([A-Z][A-Za-z0-9]*)\.v[1-9]\d*$/;
/** EventBridge's limit for `detail-type`, the shortest of the clouds'. */
const longest = 128;
/** Past participles and past tenses that do not end in `ed`. */
const irregular = new Set(
  "Sent Paid Put Set Cut Lost Won Sold Built Made Taken Written Given Chosen Withdrawn Begun Held Met Read Left Bought Brought Caught Done Drawn Driven Found Frozen Gone Grown Hidden Hit Kept Known Laid Let Made Meant Met Run Said Seen Shown Shut Split Spent Stolen Taught Thrown Told Understood Undone Woken".split(
    " ",
  ),
);

/** What is wrong with an event's name (SB-C401); undefined when nothing is. */
export function eventNameFault({
  type,
  anyTense,
}: {
  readonly type: string;
  readonly anyTense: boolean;
}): Problem | undefined {
  const [, , entity] = shape.exec(type) ?? [];
  if (!entity || type.length > longest) {
    const fact = `the event ${JSON.stringify(type)} is not named <organization>.<context>.<Entity><Verb>.v<major>, in at most ${longest} characters`;
    return { code: "SB-C401", fact, wayOut: "name it like com.acme.orders.OrderPlaced.v1" };
  }
  const words = entity.match(/[A-Z][a-z0-9]*/g) ?? [];
  const verb = words[words.length - 1] ?? "";
  // One word alone is an entity without a verb, however it ends.
  if (anyTense || (words.length > 1 && (/ed$/.test(verb) || irregular.has(verb)))) return undefined;
  return {
    code: "SB-C401",
    fact: `the event ${type} is not named in the past tense: ${verb} does not say that something has happened`,
    wayOut: "name what has happened, like OrderPlaced, or set anyTense on the definition",
  };
}
