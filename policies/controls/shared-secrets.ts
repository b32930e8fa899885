import { isObject, isUnknown, known } from "../known";
import {
  type Control,
  type Finding,
  fail,
  pass,
  type ResourceRule,
  type ResourceView,
  type StackRule,
  undetermined,
} from "../model";
import { expectProperty, list } from "../rules/expect";

/** Resources whose only purpose is a secret to hand around, and what to do instead. That there is none is worth a verdict too. */
const noneOf = (refused: Readonly<Record<string, string>>): StackRule => ({
  judgeStack(stack) {
    const found = stack.ofType(...Object.keys(refused)).filter(({ external }) => !external);
    if (found.length === 0) return pass("the stack declares no shared secret");
    return found.map(({ urn, type }) => fail(refused[type] ?? "it is a shared secret", urn));
  },
});

const userCredential = "a user's credential is a shared secret: use a role or single sign-on";
const authorizationRule = "an authorization rule is a shared access key: assign a data role to an identity";

/** Services that still take keys unless told otherwise, and the property that tells them. */
const keyless = (types: readonly string[], path: string, off: boolean): ResourceRule => ({
  types,
  judge: (resource) =>
    expectProperty(resource, {
      path,
      accepts: (value) => value === off,
      met: "it takes identities only",
      unmet: `it takes shared keys: set ${path} to ${off}`,
    }),
});

/** What shared keys look like in a connection string. */
const keyInSetting = /(^|;)\s*(AccountKey|SharedAccessKey|SharedAccessSignature|AccessKey)\s*=/i;

function appSettings({ type, props }: ResourceView): Finding | undefined {
  const path = type.endsWith("WebAppApplicationSettings") ? "properties" : "siteConfig.appSettings";
  const found = known(props, path);
  if (found.state === "absent") return undefined;
  if (found.state === "unknown") return undetermined(`${path} is known after deployment only`);
  const settings: (readonly [unknown, unknown])[] = Array.isArray(found.value)
    ? list(found.value).map((one) => (isObject(one) ? [one.name, one.value] : ["", one]))
    : Object.entries(isObject(found.value) ? found.value : {});
  const keys = settings.filter(
    ([, value]) => typeof value === "string" && !isUnknown(value) && keyInSetting.test(value),
  );
  if (keys.length === 0) return pass("no app setting holds a shared key");
  return fail(
    `app settings hold shared keys (${keys.map(([name]) => String(name)).join(", ")}): use the app's identity`,
  );
}

function apiKey(resource: ResourceView): Finding {
  return expectProperty(resource, {
    path: "restrictions.apiTargets",
    accepts: (value) => Array.isArray(value) && value.length > 0,
    met: "the API key opens named services only",
    unmet: "an API key without restrictions.apiTargets opens every enabled service: restrict it",
  });
}

export const sharedSecrets: Control = {
  id: "IAM-05",
  title: "No shared secrets: workloads authenticate by identity",
  why: "A key is copied, logged, committed and never rotated, and whoever holds it is nobody in the audit trail.",
  fix: "Remove the key and use roles, managed identities or service accounts; switch key authentication off on the service.",
  severity: "critical",
  frameworks: {
    gdpr: ["Art. 32(1)(b)"],
    hipaa: ["164.312(d)", "164.308(a)(5)(ii)(D)"],
    pciDss: ["8.3.1", "8.6.2", "8.6.3"],
    soc2: ["CC6.1"],
    cis: ["5.2", "6.7"],
    nist80053: ["IA-5", "IA-5(7)", "AC-2"],
  },
  appliesFrom: "internal",
  clouds: {
    aws: [
      noneOf({
        "aws:iam/accessKey:AccessKey": "an access key is a shared secret: use a role",
        "aws:iam/serviceSpecificCredential:ServiceSpecificCredential": userCredential,
        "aws:iam/userLoginProfile:UserLoginProfile": userCredential,
      }),
    ],
    azure: [
      keyless(
        [
          "azure-native:servicebus:Namespace",
          "azure-native:eventhub:Namespace",
          "azure-native:eventgrid:Topic",
          "azure-native:eventgrid:Domain",
          "azure-native:cosmosdb:DatabaseAccount",
          "azure-native:appconfiguration:ConfigurationStore",
          "azure-native:applicationinsights:Component",
        ],
        "disableLocalAuth",
        true,
      ),
      keyless(["azure-native:storage:StorageAccount"], "allowSharedKeyAccess", false),
      keyless(["azure-native:web:WebAppFtpAllowed", "azure-native:web:WebAppScmAllowed"], "allow", false),
      noneOf({
        "azure-native:servicebus:NamespaceAuthorizationRule": authorizationRule,
        "azure-native:servicebus:QueueAuthorizationRule": authorizationRule,
        "azure-native:servicebus:TopicAuthorizationRule": authorizationRule,
        "azure-native:eventhub:NamespaceAuthorizationRule": authorizationRule,
        "azure-native:eventhub:EventHubAuthorizationRule": authorizationRule,
        "azure-native:storage:LocalUser": "a local user has a password or key: assign a data role to an identity",
      }),
      {
        types: ["azure-native:web:WebApp", "azure-native:web:WebAppSlot", "azure-native:web:WebAppApplicationSettings"],
        judge: appSettings,
      },
    ],
    gcp: [
      noneOf({
        "gcp:serviceaccount/key:Key": "a service account key is a shared secret: attach the account or federate",
        "gcp:storage/hmacKey:HmacKey": "an HMAC key is a shared secret: use the service account itself",
      }),
      { types: ["gcp:projects/apiKey:ApiKey"], judge: apiKey },
    ],
  },
};
