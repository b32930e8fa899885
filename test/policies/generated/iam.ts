import { exact, flag, number, part, row, type Table } from "./matters";

/** A policy of one statement that denies: what cannot be read could allow anything. */
const denial = [
  row("policy", exact),
  row("policy.{}.Statement", ["removed", "emptied", "wrong type", "Allow * appended"]),
  row("policy.{}.Statement.Effect", exact),
  row("policy.{}.Statement.Principal", ["wrong type"]),
  row("policy.{}.Statement.Action", exact),
  row("policy.{}.Statement.Resource", ["wrong type"]),
  row("policy.{}.Statement.Condition", ["wrong type"]),
  row("policy.{}.Statement.Condition.Bool", ["wrong type"]),
];

export const iam: readonly Table[] = [
  {
    control: "IAM-01",
    because:
      "Who may call is said by the permission, the route, the binding or the authentication settings in front of the function.",
    types: {
      "aws:apigatewayv2/route:Route": [
        row("routeKey", exact, /: place\b/),
        row("authorizationType", ["emptied", "wrong type", "the provider's key", "other text"]),
        row("authorizationType", ["removed"], /: read\b/),
        row("authorizerId", part),
      ],
      "aws:lambda/permission:Permission": [row("principal", part), row("sourceArn", exact)],
      "azure-native:web:WebAppAuthSettingsV2": [
        row("", ["dropped"]),
        row("name", exact),
        row("platform", part),
        row("platform.enabled", flag),
        row("globalValidation", part),
        row("globalValidation.requireAuthentication", flag),
        row("globalValidation.unauthenticatedClientAction", number),
        row("identityProviders", ["wrong type"]),
        row("identityProviders.azureActiveDirectory", ["emptied", "wrong type"]),
        row("identityProviders.azureActiveDirectory.validation", part),
        row("identityProviders.azureActiveDirectory.validation.defaultAuthorizationPolicy", part),
        row("identityProviders.azureActiveDirectory.validation.defaultAuthorizationPolicy.allowedPrincipals", part),
        row(
          "identityProviders.azureActiveDirectory.validation.defaultAuthorizationPolicy.allowedPrincipals.identities",
          part,
        ),
        row(
          "identityProviders.azureActiveDirectory.validation.defaultAuthorizationPolicy.allowedPrincipals.identities.*",
          ["removed"],
        ),
      ],
      "gcp:cloudrunv2/service:Service": [row("invokerIamDisabled", ["flipped", "wrong type"])],
      "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": [row("role", number), row("member", number)],
      "gcp:projects/iAMMember:IAMMember": [row("role", number), row("member", number)],
    },
  },
  {
    control: "IAM-02",
    because:
      "What an identity may do is the union of all statements and roles; one that cannot be read may grant anything.",
    types: {
      "aws:iam/role:Role": [
        row("assumeRolePolicy", exact),
        row("assumeRolePolicy.{}.Statement", ["removed", "wrong type", "Allow * appended"]),
        row("assumeRolePolicy.{}.Statement.*", ["emptied", "wrong type"]),
        row("assumeRolePolicy.{}.Statement.*.Effect", exact),
        row("assumeRolePolicy.{}.Statement.*.Principal", ["wrong type", "Principal widened"]),
        row("assumeRolePolicy.{}.Statement.*.Principal.Service", ["wrong type"]),
        row("assumeRolePolicy.{}.Statement.*.Action", [
          "removed",
          "emptied",
          "wrong type",
          "the provider's key",
          "other text",
          "wildcard hidden in a list",
        ]),
      ],
      "aws:iam/rolePolicy:RolePolicy": [
        row("policy", exact),
        row("policy.{}.Statement", ["removed", "wrong type", "Allow * appended"]),
        row("policy.{}.Statement.*", ["emptied", "wrong type"]),
        row("policy.{}.Statement.*.Effect", exact),
        row("policy.{}.Statement.*.Action", [
          "removed",
          "emptied",
          "wrong type",
          "wildcard hidden in a list",
          "the provider's key",
          "other text",
        ]),
        row("policy.{}.Statement.*.Action.*", ["emptied", "wrong type", "the provider's key", "other text"]),
        row("policy.{}.Statement.*.Resource", ["wrong type"]),
      ],
      "aws:kms/key:Key": [
        row("policy", ["wrong type", "the provider's key", "other text"]),
        row("policy.{}.Statement", ["removed", "wrong type", "Allow * appended"]),
        row("policy.{}.Statement.*", ["emptied", "wrong type"]),
        row("policy.{}.Statement.*.Effect", exact),
        row("policy.{}.Statement.*.Principal", part),
        row("policy.{}.Statement.*.Principal", ["Principal widened"], /: \S+ 0\b/),
        row("policy.{}.Statement.*.Principal.AWS", exact),
        row("policy.{}.Statement.*.Action", exact),
        row("policy.{}.Statement.*.Action", ["wildcard hidden in a list"], /: \S+ 1\b/),
        row("policy.{}.Statement.*.Resource", ["wrong type"]),
        row("policy.{}.Statement.*.Principal.Service", number),
        row("policy.{}.Statement.*.Action.*", ["emptied", "wrong type", "the provider's key", "other text"]),
        row("policy.{}.Statement.*.Condition", ["wrong type"]),
        row("policy.{}.Statement.*.Condition.ArnLike", ["wrong type"]),
      ],
      "aws:sqs/queuePolicy:QueuePolicy": denial,
      "aws:sns/topicPolicy:TopicPolicy": denial,
      "aws:s3/bucketPolicy:BucketPolicy": [...denial, row("policy.{}.Statement.Resource.*", ["wrong type"])],
      "azure-native:authorization:RoleAssignment": [row("roleDefinitionId", part)],
      "azure-native:authorization:RoleDefinition": [
        row("permissions", number),
        row("permissions.*.actions", ["wrong type", "wildcard hidden in a list"]),
        row("permissions.*.actions.*", ["wrong type"]),
        row("permissions.*.dataActions", ["wrong type"]),
      ],
      "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": [row("role", number), row("member", number)],
      "gcp:projects/iAMCustomRole:IAMCustomRole": [
        row("permissions", ["removed", "wrong type", "wildcard hidden in a list"]),
        row("permissions.*", ["wrong type"]),
      ],
      "gcp:projects/iAMMember:IAMMember": [row("role", number), row("member", number)],
      "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember": [row("role", number), row("member", number)],
      "gcp:pubsub/topicIAMMember:TopicIAMMember": [row("role", number), row("member", number)],
    },
  },
  {
    control: "IAM-03",
    because: "A grant without its resource holds for every resource of its kind.",
    types: {
      "aws:iam/rolePolicy:RolePolicy": [row("policy.{}.Statement.*.Resource", ["removed"])],
      "azure-native:authorization:RoleAssignment": [row("scope", exact)],
      "azure-native:cosmosdb:SqlResourceSqlRoleAssignment": [row("scope", exact)],
      "gcp:projects/iAMMember:IAMMember": [
        row("role", exact),
        row("member", number),
        row("condition", part),
        row("condition.expression", exact),
      ],
    },
  },
  {
    control: "IAM-04",
    because: "A function that names no identity of its own runs as one that others have too.",
    types: {
      "aws:lambda/function:Function": [row("role", ["removed"])],
      "azure-native:web:WebApp": [
        row("identity", part),
        row("identity.type", exact),
        row("identity.userAssignedIdentities", part),
        row("identity.userAssignedIdentities.*", ["removed"]),
      ],
      "gcp:cloudfunctionsv2/function:Function": [
        row("serviceConfig", part),
        row("serviceConfig.serviceAccountEmail", part),
      ],
      "gcp:cloudrunv2/service:Service": [row("template", part), row("template.serviceAccount", part)],
    },
  },
  {
    control: "IAM-05",
    because: "A service takes keys that are handed around unless it is told not to.",
    types: {
      "azure-native:applicationinsights:Component": [row("disableLocalAuth", flag)],
      "azure-native:cosmosdb:DatabaseAccount": [row("disableLocalAuth", flag)],
      "azure-native:eventhub:Namespace": [row("disableLocalAuth", flag)],
      "azure-native:appconfiguration:ConfigurationStore": [row("disableLocalAuth", flag)],
      "azure-native:servicebus:Namespace": [row("disableLocalAuth", flag)],
      "azure-native:storage:StorageAccount": [row("allowSharedKeyAccess", flag)],
    },
  },
  {
    control: "IAM-06",
    because: "The condition, issuer, subject or audience is all that tells one's own from a stranger's.",
    types: {
      "gcp:cloudscheduler/job:Job": [
        row("httpTarget.oidcToken", part),
        row("httpTarget.oidcToken.serviceAccountEmail", part),
      ],
      "aws:kms/key:Key": [
        row("policy.{}.Statement.*.Condition", ["removed", "emptied"]),
        row("policy.{}.Statement.*.Condition.ArnLike", ["removed", "emptied"]),
        row("policy.{}.Statement.*.Condition.ArnLike.aws:SourceArn", exact),
      ],
      "gcp:cloudscheduler/job:Job": [
        row("httpTarget.oidcToken", part),
        row("httpTarget.oidcToken.serviceAccountEmail", part),
      ],
      "azure-native:managedidentity:FederatedIdentityCredential": [
        row("issuer", exact),
        row("subject", part),
        row("audiences", part),
        row("audiences.*", part),
      ],
      "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": [row("role", number), row("member", number)],
      "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": [row("attributeCondition", exact)],
      "gcp:projects/iAMMember:IAMMember": [row("role", number), row("member", number)],
      "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember": [row("role", number), row("member", number)],
      "gcp:pubsub/topicIAMMember:TopicIAMMember": [row("role", number), row("member", number)],
    },
  },
  {
    control: "IAM-07",
    because: "Stores are kept from the public by a switch on the store or beside it, and each is needed.",
    types: {
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": [
        row("", ["dropped"]),
        row("bucket", exact),
        row("blockPublicAcls", flag),
        row("blockPublicPolicy", flag),
        row("ignorePublicAcls", flag),
        row("restrictPublicBuckets", flag),
      ],
      "azure-native:storage:StorageAccount": [row("allowBlobPublicAccess", flag)],
      "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember": [row("role", number), row("member", number)],
      "gcp:pubsub/topicIAMMember:TopicIAMMember": [row("role", number), row("member", number)],
      "gcp:storage/bucket:Bucket": [row("publicAccessPrevention", exact), row("uniformBucketLevelAccess", flag)],
    },
  },
  {
    control: "IAM-08",
    because: "An action for everything contains those by which an identity widens its own permissions.",
    types: {
      "aws:iam/rolePolicy:RolePolicy": [
        row("policy.{}.Statement", ["Allow * appended"]),
        row("policy.{}.Statement.*.Action", ["wildcard hidden in a list"]),
      ],
      "azure-native:authorization:RoleDefinition": [row("permissions.*.actions", ["wildcard hidden in a list"])],
      "gcp:projects/iAMCustomRole:IAMCustomRole": [row("permissions", ["wildcard hidden in a list"])],
      "gcp:projects/iAMMember:IAMMember": [row("role", number), row("member", number)],
    },
  },
];
