import { known } from "../known";
import { type Control, type Finding, fail, pass, type ResourceView, type StackRule, undetermined } from "../model";
import { siteTypes } from "../rules/azure/function-app";
import { identitiesOnly, keyless, noAdministrator, redisKeys, settings } from "../rules/azure/keys";
import { publishing } from "../rules/azure/publishing";
import { demands } from "../rules/demands";
import { expectProperty, list } from "../rules/expect";
import { settingsTypes } from "../rules/setting-places";

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

function apiKey(resource: ResourceView): Finding {
  return expectProperty(resource, {
    path: "restrictions.apiTargets",
    accepts: (value) => Array.isArray(value) && value.length > 0,
    met: "the API key opens named services only",
    unmet: "an API key without restrictions.apiTargets opens every enabled service: restrict it",
  });
}

/** Every way of an AppSync API to authenticate; clients carry its keys, so that they are public. */
function graphKeys({ props }: ResourceView): Finding[] {
  const others = known(props, "additionalAuthenticationProviders");
  if (others.state === "unknown")
    return [undetermined("additionalAuthenticationProviders are known after deployment only")];
  return [props, ...list(others.state === "value" ? others.value : undefined)].flatMap((one) =>
    demands(one, "callers are identities", [
      {
        path: "authenticationType",
        accepts: (value) => typeof value === "string" && value !== "API_KEY",
        unmet:
          "callers share an API key: set authenticationType to AWS_IAM, OPENID_CONNECT or AMAZON_COGNITO_USER_POOLS",
      },
    ]),
  );
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
    pciDss: ["8.2.2", "8.6.2", "8.6.3"],
    soc2: ["CC6.1"],
    cis: ["6.7"],
    nist80053: ["IA-5", "IA-5(7)", "AC-2(9)"],
  },
  appliesFrom: "internal",
  clouds: {
    aws: [
      noneOf({
        "aws:iam/accessKey:AccessKey": "an access key is a shared secret: use a role",
        "aws:iam/serviceSpecificCredential:ServiceSpecificCredential": userCredential,
        "aws:iam/userLoginProfile:UserLoginProfile": userCredential,
        "aws:appsync/apiKey:ApiKey": "every client carries an API key: let callers sign in",
      }),
      { types: ["aws:appsync/graphQLApi:GraphQLApi"], judge: graphKeys },
    ],
    azure: [
      { types: Object.keys(keyless), judge: identitiesOnly },
      { types: ["azure-native:containerregistry:Registry"], judge: noAdministrator },
      { types: ["azure-native:redisenterprise:Database"], judge: redisKeys },
      noneOf({
        "azure-native:servicebus:NamespaceAuthorizationRule": authorizationRule,
        "azure-native:servicebus:QueueAuthorizationRule": authorizationRule,
        "azure-native:servicebus:TopicAuthorizationRule": authorizationRule,
        "azure-native:eventhub:NamespaceAuthorizationRule": authorizationRule,
        "azure-native:eventhub:EventHubAuthorizationRule": authorizationRule,
        "azure-native:relay:NamespaceAuthorizationRule": authorizationRule,
        "azure-native:relay:HybridConnectionAuthorizationRule": authorizationRule,
        "azure-native:relay:WCFRelayAuthorizationRule": authorizationRule,
        "azure-native:cosmosdb:MongoDBResourceMongoUserDefinition":
          "a user of MongoDB has a password: choose an API that takes role assignments",
        "azure-native:storage:LocalUser": "a local user has a password or key: assign a data role to an identity",
      }),
      { types: settingsTypes.azure, judge: settings },
      { types: siteTypes, judge: publishing },
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
