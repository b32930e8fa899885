import { exact, flag, others, part, row, type Table, unreadable } from "./matters";

const version = (path: string) => row(path, exact);
/** @param by the property that names what is guarded */
const denial = (by: string) => [
  row("", ["dropped"]),
  row(by, exact),
  row("policy", exact),
  row("policy.{}.Statement", part),
  row("policy.{}.Statement.Effect", exact),
  row("policy.{}.Statement.Principal", exact),
  row("policy.{}.Statement.Action", exact),
  row("policy.{}.Statement.Resource", others),
  row("policy.{}.Statement.Condition", part),
  row("policy.{}.Statement.Condition.Bool", part),
  row("policy.{}.Statement.Condition.Bool.aws:SecureTransport", exact),
];

export const transport: readonly Table[] = [
  {
    control: "TLS-01",
    because: "The policy, the switch or the least version is all that refuses a request in clear.",
    types: {
      "gcp:apigateway/apiConfig:ApiConfig": [
        row("openapiDocuments.*", ["emptied", "wrong type"]),
        row("openapiDocuments.*.document", part),
        row("openapiDocuments.*.document.contents", exact),
      ],
      "gcp:pubsub/subscription:Subscription": [row("pushConfig.pushEndpoint", others)],
      "aws:sqs/queuePolicy:QueuePolicy": [
        ...denial("queueUrl"),
        ...unreadable,
        // The denial is the first of two statements.
        row("policy.{}.Statement.*", ["removed"], / 0$/),
        row("policy.{}.Statement.*.Principal", exact, / 0$/),
        row("policy.{}.Statement.*.Resource", others, / 0$/),
        row("policy.{}.Statement.*.Condition", part, / 0$/),
        row("policy.{}.Statement.*.Condition.Bool", part),
        row("policy.{}.Statement.*.Condition.Bool.aws:SecureTransport", exact),
      ],
      "aws:sns/topicPolicy:TopicPolicy": denial("arn"),
      "aws:sns/topicSubscription:TopicSubscription": [row("protocol", part)],
      "aws:s3/bucketPolicy:BucketPolicy": [
        ...denial("bucket"),
        row("policy.{}.Statement.Resource", part),
        row("policy.{}.Statement.Resource.*", exact),
      ],
      "azure-native:storage:StorageAccount": [
        version("minimumTlsVersion"),
        row("enableHttpsTrafficOnly", ["flipped", "wrong type"]),
      ],
      "azure-native:servicebus:Namespace": [version("minimumTlsVersion")],
      "azure-native:eventhub:Namespace": [version("minimumTlsVersion")],
      "azure-native:cosmosdb:DatabaseAccount": [version("minimalTlsVersion")],
      "azure-native:web:WebApp": [row("httpsOnly", flag), row("functionAppConfig", ["removed"])],
      "gcp:cloudscheduler/job:Job": [
        row("httpTarget.uri", ["emptied", "wrong type", "other text", "the provider's key"]),
      ],
      "azure-native:eventgrid:Topic": [row("minimumTlsVersionAllowed", exact)],
      "azure-native:apimanagement:Api": [row("protocols.*", others)],
    },
  },
  {
    control: "TLS-02",
    because: "The least version at the edge is what a client cannot talk down.",
    types: {
      "aws:apigatewayv2/domainName:DomainName": [
        row("domainNameConfiguration", part),
        version("domainNameConfiguration.securityPolicy"),
      ],
      "azure-native:web:WebApp": [row("siteConfig", part), version("siteConfig.minTlsVersion")],
      "gcp:compute/sSLPolicy:SSLPolicy": [version("minTlsVersion"), row("profile", exact)],
      "gcp:compute/targetHttpsProxy:TargetHttpsProxy": [row("sslPolicy", part)],
      "azure-native:apimanagement:ApiManagementService": [
        row("customProperties", ["wrong type"]),
        row("customProperties.Microsoft.WindowsAzure.ApiManagement.Gateway.Security.Backend.Protocols.Ssl30", others),
        row("customProperties.Microsoft.WindowsAzure.ApiManagement.Gateway.Security.Backend.Protocols.Tls10", others),
        row("customProperties.Microsoft.WindowsAzure.ApiManagement.Gateway.Security.Backend.Protocols.Tls11", others),
        row("customProperties.Microsoft.WindowsAzure.ApiManagement.Gateway.Security.Protocols.Tls10", others),
        row("customProperties.Microsoft.WindowsAzure.ApiManagement.Gateway.Security.Protocols.Tls11", others),
      ],
    },
  },
];
