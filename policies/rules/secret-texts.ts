/** What texts look like that are secrets, and how settings are called that hold one. */

/** Words that a setting's name ends with where its value is a secret. */
const secretWords = new Set(
  "password passwd passphrase passcode pass pwd pw secret secrets token pat credential credentials".split(" "),
);
/** What a secret has in its name before `key`; a partition has a key too. */
const ofKeys = new Set(
  "api private access signing secret encryption master account shared auth hmac jwt webhook ssh admin".split(" "),
);
/** Tokens that open nothing: places in a list, and marks of a request. */
const ofTokens = new Set("next page pagination continuation client request idempotency task sync csrf".split(" "));
/** Passes that are rounds. */
const ofPasses = new Set("first second single two multi".split(" "));
/** What stands after the word that counts: where the secret is used, and how it is written. */
const behind =
  /^(prod|production|dev|test|staging|live|value|plain|plaintext|old|new|primary|secondary|base64|b64|v?\d+)$/;
/** Names in small letters throughout. */
const ending =
  /(password|passwd|passphrase|secret|(auth|access|api|bearer|refresh)token|(api|private|access|signing)key)$/;

/** True of the name of a setting whose value is a secret: `DB_PASSWORD`, `stripeApiKey`, `GITHUB_TOKEN`; not `SECRET_NAME`. */
export function isSecretName(name: string): boolean {
  const words = name
    .slice(-200)
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]{1,20})([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== "");
  while (words.length > 1 && behind.test(words[words.length - 1] ?? "")) words.pop();
  const last = words.pop() ?? "";
  const before = words.pop() ?? "";
  if (last === "key") return ofKeys.has(before);
  if (last === "token") return !ofTokens.has(before);
  if (last === "pass") return !ofPasses.has(before);
  return secretWords.has(last) || ending.test(last);
}

/** Begins what stands in for a value: a placeholder of a template, or a reference to a vault. */
const placeholder = "[{<%]|\\$[{(]|@Microsoft\\.KeyVault";
const secretValues = [
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY( BLOCK)?-----/,
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\bgh[pousr]_[A-Za-z\d]{36}/,
  /\bgithub_pat_\w{22}/,
  /\bglpat-[\w-]{20}/,
  /\bnpm_[A-Za-z\d]{36}/,
  /\bxox[abeprs]-[\w-]{10}/,
  /\bhooks\.slack\.com\/services\/T\w+\/B\w+\/\w/,
  /\b[rs]k_live_[A-Za-z\d]{16}/,
  /\bSG\.[\w-]{16,64}\.[\w-]{16}/,
  /\bAIza[\w-]{35}/,
  /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10}/,
  /^(Bearer|Basic) [\w+/=.~-]{16,}$/i,
  // Keys of Azure's services: of 64 bytes, or with the mark of the service in them.
  /^[A-Za-z\d+/]{86}==$/,
  /^[\w+/-]{30,90}(AzFu|AzCa|AzSe|ACDb|\+ASt|\+ASb|\+AEh|\+ARm|\+ACR)[\w+/]{4,10}={0,2}$/,
  /[?&]sig=[\w%+/=-]{20}/i,
  /[?&]code=[\w%-]{40}/i,
  new RegExp(`(^|[;\\s?&,])\\s*(password|passwd|pwd)\\s*=\\s*(?!${placeholder})[^\\s;&]`, "i"),
  new RegExp(`\\b[a-z][a-z\\d+.-]{1,20}:\\/\\/[^\\s/:@]{0,200}:(?!${placeholder})[^\\s/@]{1,500}@`, "i"),
  new RegExp(
    `"\\w{0,40}(password|secret|private_?key|api_?key)"\\s*:\\s*"(?!${placeholder}|arn:|https?:|projects/)[^"]`,
    "i",
  ),
];
/** What shared keys look like in a connection string. */
const sharedKey = /(^|;)\s*(AccountKey|SharedAccessKey|SharedAccessSignature|AccessKey)\s*=\s*[^\s;]/i;

/** True of a connection string with a key of a service of Azure. */
export const isSharedKey = (text: string): boolean => sharedKey.test(text);

/** True of a text that is a secret, or holds one, whatever it is called. */
export const isSecretText = (text: string): boolean => secretValues.some((pattern) => pattern.test(text));

/** What names a secret instead of being one, kinds of identity that need none, and words that a switch or a number is made of. */
const reference =
  /^(@\{|@[\w.]+\(|arn:|alias\/|https?:\/\/|projects\/|\/|\{\{.+\}\}$|\{%|\$\{|\$\$?\.|States\.|(true|false|yes|no|on|off|none|null|managedidentity|workloadidentity|\d{1,3}|[\w./-]+\.(json|pem|key|crt|txt|ya?ml|p12|pfx))$)/i;

/** True of a text that is no secret, although the setting's name says so. */
export const isReference = (text: string): boolean => text.trim() === "" || reference.test(text.trim());
