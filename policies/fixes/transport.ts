import { each, type Fixes, otherwise } from "./fix";

const secureTransport = (kind: string, property: string, action: string, resources: string) =>
  `new aws.${kind}("$-tls", { ${property}, policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: [{\n  Effect: "Deny", Principal: "*", Action: "${action}", Resource: ${resources},\n  Condition: { Bool: { "aws:SecureTransport": "false" } },\n}] }) })`;
const sites = ["azure-native:web:WebApp", "azure-native:web:WebAppSlot"];
const redirect = (map: string) =>
  `urlMap: new gcp.compute.${map}("$-to-https", { defaultUrlRedirect: { httpsRedirect: true, stripQuery: false } }).id`;
const modern = 'minTlsVersion: "TLS_1_2", profile: "MODERN"';
const modernPolicy = (policy: string) => `sslPolicy: new gcp.compute.${policy}("$-modern", { ${modern} }).id`;

const weakest = [
  ...["Security.Protocols", "Security.Backend.Protocols"].flatMap((side) =>
    ["Ssl30", "Tls10", "Tls11"].map((version) => `${side}.${version}`),
  ),
  "Security.Ciphers.TripleDes168",
].map((name) => `\n  "Microsoft.WindowsAzure.ApiManagement.Gateway.${name}": "False"`);

export const transportFixes: Fixes = {
  "TLS-01": {
    "aws:sqs/queue:Queue": secureTransport("sqs.QueuePolicy", "queueUrl: $.id", "sqs:*", "$.arn"),
    "aws:sns/topic:Topic": secureTransport("sns.TopicPolicy", "arn: $.arn", "sns:Publish", "$.arn"),
    "aws:s3/bucket:Bucket": secureTransport(
      "s3.BucketPolicy",
      "bucket: $.id",
      "s3:*",
      '[$.arn, pulumi.concat($.arn, "/*")]',
    ),
    "aws:sns/topicSubscription:TopicSubscription": 'protocol: "https", endpoint: "https://orders.example.com/events"',
    "aws:dax/cluster:Cluster": 'clusterEndpointEncryptionType: "TLS"',
    ...each(
      [
        "aws:appsync/apiCache:ApiCache",
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "aws:elasticache/cluster:Cluster",
      ],
      "transitEncryptionEnabled: true",
    ),
    "aws:memorydb/cluster:Cluster": "tlsEnabled: true",
    "aws:apigateway/integration:Integration": 'uri: "https://orders.example.com"',
    "aws:apigatewayv2/integration:Integration": 'integrationUri: "https://orders.example.com"',
    "aws:apigatewayv2/api:Api": 'target: "https://orders.example.com"',
    "aws:appsync/dataSource:DataSource": 'httpConfig: { …, endpoint: "https://orders.example.com" }',
    "aws:cloudfront/multitenantDistribution:MultitenantDistribution": [
      [
        /viewerProtocolPolicy/,
        'defaultCacheBehavior: { …, viewerProtocolPolicy: "redirect-to-https" },\n  cacheBehaviors: [{ …, viewerProtocolPolicy: "redirect-to-https" }]',
      ],
      [/originProtocolPolicy/, 'origins: [{ …, customOriginConfigs: [{ …, originProtocolPolicy: "https-only" }] }]'],
      [otherwise, 'origins: [{ …, customOriginConfigs: [{ …, originSslProtocols: ["TLSv1.2"] }] }]'],
    ],
    "aws:cloudfront/distribution:Distribution": [
      [
        /viewerProtocolPolicy/,
        'defaultCacheBehavior: { …, viewerProtocolPolicy: "redirect-to-https" },\n  orderedCacheBehaviors: [{ …, viewerProtocolPolicy: "redirect-to-https" }]',
      ],
      [/originProtocolPolicy/, 'origins: [{ …, customOriginConfig: { …, originProtocolPolicy: "https-only" } }]'],
      [otherwise, 'origins: [{ …, customOriginConfig: { …, originSslProtocols: ["TLSv1.2"] } }]'],
    ],
    "azure-native:storage:StorageAccount": 'enableHttpsTrafficOnly: true, minimumTlsVersion: "TLS1_2"',
    ...each(["azure-native:servicebus:Namespace", "azure-native:eventhub:Namespace"], 'minimumTlsVersion: "1.2"'),
    ...each(
      ["Topic", "Domain", "Namespace", "PartnerNamespace"].map((kind) => `azure-native:eventgrid:${kind}`),
      'minimumTlsVersionAllowed: "1.2"',
    ),
    "azure-native:cosmosdb:DatabaseAccount": 'minimalTlsVersion: "Tls12"',
    "azure-native:redisenterprise:RedisEnterprise": 'minimumTlsVersion: "1.2"',
    "azure-native:redisenterprise:Database": 'clientProtocol: "Encrypted"',
    ...each(
      ["azure-native:redis:Redis", "azure-native:cache:Redis"],
      'enableNonSslPort: false, minimumTlsVersion: "1.2"',
    ),
    "azure-native:app:ContainerApp": "configuration: { …, ingress: { …, allowInsecure: false } }",
    ...each(sites, [
      [/ftpsState/, 'siteConfig: { …, ftpsState: "Disabled" }'],
      [otherwise, "httpsOnly: true"],
    ]),
    "azure-native:apimanagement:Api": 'protocols: ["https"]',
    "azure-native:apimanagement:Backend": [
      [/set url/, 'url: "https://orders.example.com"'],
      [otherwise, "tls: { validateCertificateChain: true, validateCertificateName: true }"],
    ],
    ...each(
      ["", "Topic", "SystemTopic", "Domain", "DomainTopic", "PartnerTopic"].map(
        (of) => `azure-native:eventgrid:${of}EventSubscription`,
      ),
      'destination: { …, endpointType: "WebHook", endpointUrl: "https://orders.example.com/events" }',
    ),
    "azure-native:eventgrid:NamespaceTopicEventSubscription":
      'deliveryConfiguration: { …, push: { …, destination: { …, endpointType: "WebHook", endpointUrl: "https://orders.example.com/events" } } }',
    "gcp:pubsub/subscription:Subscription": "pushConfig: { …, pushEndpoint: service.uri }",
    "gcp:cloudscheduler/job:Job": "httpTarget: { …, uri: service.uri }",
    "gcp:cloudtasks/queue:Queue": 'httpTarget: { …, uriOverride: { …, scheme: "HTTPS" } }',
    "gcp:cloudfunctions/function:Function": 'httpsTriggerSecurityLevel: "SECURE_ALWAYS"',
    ...each(
      ["gcp:redis/instance:Instance", "gcp:memorystore/instance:Instance"],
      'transitEncryptionMode: "SERVER_AUTHENTICATION"',
    ),
    "gcp:redis/cluster:Cluster": 'transitEncryptionMode: "TRANSIT_ENCRYPTION_MODE_SERVER_AUTHENTICATION"',
    "gcp:sql/databaseInstance:DatabaseInstance": 'settings: { …, ipConfiguration: { …, sslMode: "ENCRYPTED_ONLY" } }',
    "gcp:eventarc/pipeline:Pipeline": "destinations: [{ …, httpEndpoint: { uri: service.uri } }]",
    "gcp:apigateway/apiConfig:ApiConfig": "openapiDocuments: [{ document: { …, contents: overTls } }]",
    "gcp:compute/targetHttpProxy:TargetHttpProxy": redirect("URLMap"),
    "gcp:compute/regionTargetHttpProxy:RegionTargetHttpProxy": redirect("RegionUrlMap"),
  },
  "TLS-02": {
    "aws:apigateway/domainName:DomainName": 'securityPolicy: "TLS_1_2"',
    "aws:apigatewayv2/domainName:DomainName": 'domainNameConfiguration: { …, securityPolicy: "TLS_1_2" }',
    "aws:cloudfront/multitenantDistribution:MultitenantDistribution":
      'viewerCertificate: { acmCertificateArn: certificate.arn, sslSupportMethod: "sni-only", minimumProtocolVersion: "TLSv1.2_2021" }',
    "aws:cloudfront/distribution:Distribution":
      'aliases: ["orders.example.com"],\n  viewerCertificate: { acmCertificateArn: certificate.arn, sslSupportMethod: "sni-only", minimumProtocolVersion: "TLSv1.2_2021" }',
    ...each(sites, 'siteConfig: { …, minTlsVersion: "1.2" }'),
    "azure-native:apimanagement:ApiManagementService": `customProperties: { …,${weakest.join(",")} }`,
    ...each(["gcp:compute/sSLPolicy:SSLPolicy", "gcp:compute/regionSslPolicy:RegionSslPolicy"], modern),
    "gcp:compute/targetHttpsProxy:TargetHttpsProxy": modernPolicy("SSLPolicy"),
    "gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy": modernPolicy("RegionSslPolicy"),
  },
};
