// How the engine writes special values into what it sends to a provider.
const signature = "4dabf18193072939515e22adb298388d";
const secret = "1b47061264138c4ac30d75fd1eb44270";
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const isUnknown = (value) => value === unknown;

/** A secret's content; everything else as it is. */
function opened(value) {
  if (typeof value !== "object" || value === null || value[signature] !== secret) return value;
  return opened(value.value);
}

/** A value with all secrets in it opened. */
function plain(given) {
  const value = opened(given);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

/** Whether anything in a value is not known yet. */
const hasUnknown = (value) => JSON.stringify(value).includes(unknown);

module.exports = { hasUnknown, isUnknown, opened, plain, unknown };
