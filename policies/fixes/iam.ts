import { aclTypes } from "../rules/gcp/public";
import { each, type Fixes, otherwise } from "./fix";
import { iamOf, memberIs } from "./gcp-iam";

const remove = (instead: string) => `// remove this resource: ${instead}`;
const identities = remove("roles, managed identities and service accounts need no key");
const closed = "blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true";
const signedIn = 'authorizationType: "JWT", authorizerId: authorizer.id';
/** The description of an API in which each operation asks for an authorizer. */
const authorizes = (type: string) =>
  `body: JSON.stringify({ …, components: { securitySchemes: { callers: { …, "x-amazon-apigateway-authorizer": { type: "${type}", … } } } },\n  paths: { "/orders": { get: { …, security: [{ callers: [] }] } } } })`;
const signIn =
  'new azure.web.WebAppAuthSettingsV2("$-auth", { resourceGroupName, name: $.name, platform: { enabled: true },\n  globalValidation: { requireAuthentication: true, unauthenticatedClientAction: "Return401" },\n  identityProviders: { azureActiveDirectory: { registration: { clientId, openIdIssuer }, validation: {\n    defaultAuthorizationPolicy: { allowedPrincipals: { identities: [gateway.principalId] } } } } } })';
const signInSlot = signIn
  .replace("WebAppAuthSettingsV2", "WebAppAuthSettingsV2Slot")
  .replace("name: $.name", 'name: app.name, slot: "staging"');
const signInContainer = signIn
  .replace("web.WebAppAuthSettingsV2", "app.ContainerAppsAuthConfig")
  .replace("name: $.name", 'containerAppName: $.name, authConfigName: "current"')
  .replace("requireAuthentication: true, ", "");
const hostSettings =
  'siteConfig: { …, appSettings: […, { name: "AzureWebJobsStorage__accountName", value: account.name }] }';
const noPassword = (kind: string, of: string) =>
  `new azure.web.${kind}("$-scm", { resourceGroupName, ${of}, allow: false })`;
const validates =
  'new azure.apimanagement.ApiOperationPolicy("$-callers", { resourceGroupName, serviceName, apiId, operationId: $.name, policyId: "policy",\n  format: "rawxml", value: pulumi.concat(\'<policies><inbound><base /><validate-azure-ad-token tenant-id="\', tenantId,\n    \'"><client-application-ids><application-id>\', clientId, "</application-id></client-application-ids></validate-azure-ad-token>",\n    "</inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>") })';

export const iamFixes: Fixes = {
  "IAM-01": {
    "aws:lambda/permission:Permission": [
      [/function's URL/, 'principal: caller.arn, functionUrlAuthType: "AWS_IAM"'],
      [otherwise, 'principal: "apigateway.amazonaws.com", sourceArn: pulumi.concat(api.executionArn, "/*/*")'],
    ],
    "aws:lambda/functionUrl:FunctionUrl": 'authorizationType: "AWS_IAM"',
    "aws:apigatewayv2/route:Route": signedIn,
    "aws:apigatewayv2/api:Api": [
      [/its body/, authorizes("jwt")],
      [
        otherwise,
        `new aws.apigatewayv2.Route("$-orders", { apiId: $.id, routeKey: "GET /orders", target: pulumi.concat("integrations/", integration.id),\n  ${signedIn} }) // in place of its target`,
      ],
    ],
    ...each(["aws:apigateway/restApi:RestApi", "aws:apigateway/restApiPut:RestApiPut"], authorizes("request")),
    "aws:apigateway/method:Method": 'authorization: "COGNITO_USER_POOLS", authorizerId: authorizer.id',
    "azure-native:web:WebApp": signIn,
    "azure-native:web:WebAppSlot": signInSlot,
    "azure-native:app:ContainerApp": signInContainer,
    "azure-native:apimanagement:Api": "subscriptionRequired: true",
    "azure-native:apimanagement:ApiOperation": validates,
    "gcp:apigateway/apiConfig:ApiConfig":
      'openapiDocuments: [{ document: { path: "openapi.json",\n  contents: Buffer.from(JSON.stringify({ …, security: [{ google: [] }] })).toString("base64") } }]',
    "gcp:cloudrunv2/service:Service": "invokerIamDisabled: false",
    "gcp:cloudrun/service:Service":
      'metadata: { …, annotations: { …, "run.googleapis.com/invoker-iam-disabled": "false" } }',
    ...memberIs("gateway.member", iamOf.called),
  },
  "IAM-05": {
    ...each(
      [
        "aws:iam/accessKey:AccessKey",
        "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
        "gcp:serviceaccount/key:Key",
        "gcp:storage/hmacKey:HmacKey",
      ],
      identities,
    ),
    "aws:iam/userLoginProfile:UserLoginProfile": remove("people sign in by IAM Identity Center"),
    "aws:appsync/apiKey:ApiKey": remove("callers sign in, by authenticationType AMAZON_COGNITO_USER_POOLS of the API"),
    "aws:appsync/graphQLApi:GraphQLApi": 'authenticationType: "AWS_IAM", additionalAuthenticationProviders: []',
    ...each(
      [
        "azure-native:servicebus:Namespace",
        "azure-native:eventhub:Namespace",
        "azure-native:eventgrid:Topic",
        "azure-native:eventgrid:Domain",
        "azure-native:eventgrid:PartnerNamespace",
        "azure-native:cosmosdb:DatabaseAccount",
        "azure-native:appconfiguration:ConfigurationStore",
        "azure-native:applicationinsights:Component",
        "azure-native:signalrservice:SignalR",
        "azure-native:webpubsub:WebPubSub",
        "azure-native:search:Service",
        "azure-native:communication:CommunicationService",
        "azure-native:automation:AutomationAccount",
      ],
      "disableLocalAuth: true",
    ),
    "azure-native:operationalinsights:Workspace": "features: { …, disableLocalAuth: true }",
    ...each(
      ["azure-native:redis:Redis", "azure-native:cache:Redis"],
      'disableAccessKeyAuthentication: true, redisConfiguration: { …, aadEnabled: "true" }',
    ),
    "azure-native:storage:StorageAccount": "allowSharedKeyAccess: false",
    ...each(
      ["Ftp", "Scm"].flatMap((of) => ["", "Slot"].map((slot) => `azure-native:web:WebApp${of}Allowed${slot}`)),
      "allow: false",
    ),
    "azure-native:cognitiveservices:Account": "properties: { …, disableLocalAuth: true }",
    "azure-native:redisenterprise:Database": 'accessKeysAuthentication: "Disabled"',
    "azure-native:containerregistry:Registry": "adminUserEnabled: false",
    ...each(
      [
        "azure-native:servicebus:NamespaceAuthorizationRule",
        "azure-native:servicebus:QueueAuthorizationRule",
        "azure-native:servicebus:TopicAuthorizationRule",
        "azure-native:eventhub:NamespaceAuthorizationRule",
        "azure-native:eventhub:EventHubAuthorizationRule",
        "azure-native:relay:NamespaceAuthorizationRule",
        "azure-native:relay:HybridConnectionAuthorizationRule",
        "azure-native:relay:WCFRelayAuthorizationRule",
        "azure-native:cosmosdb:MongoDBResourceMongoUserDefinition",
        "azure-native:storage:LocalUser",
      ],
      remove("assign a data role to the managed identity by an azure.authorization.RoleAssignment"),
    ),
    "azure-native:web:WebApp": [
      [/password/, noPassword("WebAppScmAllowed", "name: $.name")],
      [otherwise, hostSettings],
    ],
    "azure-native:web:WebAppSlot": [
      [/password/, noPassword("WebAppScmAllowedSlot", 'name: app.name, slot: "staging"')],
      [otherwise, hostSettings],
    ],
    ...each(
      ["azure-native:web:WebAppApplicationSettings", "azure-native:web:WebAppApplicationSettingsSlot"],
      "properties: { …, AzureWebJobsStorage__accountName: account.name }",
    ),
    ...each(
      ["azure-native:web:WebAppConnectionStrings", "azure-native:web:WebAppConnectionStringsSlot"],
      'properties: { …, bus: { type: "Custom", value: pulumi.concat("Endpoint=sb://", bus.name, ".servicebus.windows.net/") } }',
    ),
    "azure-native:apimanagement:Backend":
      'credentials: undefined /* let an <authentication-managed-identity resource="…" /> in the policy sign in */',
    ...each(
      ["azure-native:app:ContainerApp", "azure-native:app:Job"],
      'identity: { type: "SystemAssigned" }, template: { …, containers: [{ …, env: [{ name: "STORAGE_ACCOUNT", value: account.name }] }] }',
    ),
    "azure-native:app:DaprComponent":
      'metadata: [{ name: "accountName", value: account.name }, { name: "azureClientId", value: identity.clientId }], secrets: []',
    "azure-native:containerinstance:ContainerGroup":
      'identity: { type: "SystemAssigned" }, containers: [{ …, environmentVariables: [{ name: "STORAGE_ACCOUNT", value: account.name }] }]',
    "azure-native:appconfiguration:KeyValue": "value: account.name",
    "azure-native:logic:Workflow":
      'identity: { type: "SystemAssigned" }, parameters: { …, $connections: { value: { servicebus: { …, connectionProperties: {\n  authentication: { type: "ManagedServiceIdentity" } } } } } }',
    "gcp:projects/apiKey:ApiKey": 'restrictions: { …, apiTargets: [{ service: "maps-backend.googleapis.com" }] }',
  },
  "IAM-07": {
    "aws:s3/bucket:Bucket": [
      [/nothing blocks/, `new aws.s3.BucketPublicAccessBlock("$-closed", { bucket: $.id,\n  ${closed} })`],
      [otherwise, "acl: undefined, grants: undefined"],
    ],
    ...each(
      [
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
      ],
      closed,
    ),
    "aws:s3/accessPoint:AccessPoint": `publicAccessBlockConfiguration: { ${closed} }`,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": 'rule: { objectOwnership: "BucketOwnerEnforced" }',
    "aws:s3/bucketAcl:BucketAcl": 'acl: "private", accessControlPolicy: undefined',
    ...each(["aws:s3/bucketObject:BucketObject", "aws:s3/bucketObjectv2:BucketObjectv2"], "acl: undefined"),
    "aws:s3/objectCopy:ObjectCopy": "acl: undefined, grants: undefined",
    "azure-native:storage:StorageAccount": "allowBlobPublicAccess: false, allowCrossTenantReplication: false",
    "azure-native:storage:BlobContainer": 'publicAccess: "None"',
    "azure-native:storage:StorageAccountStaticWebsite": remove(
      "publish the site by an azure.web.StaticSite with authentication, or by a function app behind the gateway",
    ),
    "azure-native:containerregistry:Registry": "anonymousPullEnabled: false",
    "gcp:storage/bucket:Bucket": 'publicAccessPrevention: "enforced", uniformBucketLevelAccess: true',
    "gcp:sql/databaseInstance:DatabaseInstance":
      "settings: { …, ipConfiguration: { …, authorizedNetworks: undefined, pscConfigs: [{ pscEnabled: true, allowedConsumerProjects: [project] }] } }",
    ...each(
      aclTypes,
      remove("set uniformBucketLevelAccess of the bucket, and name who is admitted by a gcp.storage.BucketIAMMember"),
    ),
    "gcp:bigquery/dataset:Dataset":
      'accesses: [{ role: "OWNER", specialGroup: "projectOwners" }, { role: "READER", userByEmail: reader.email }]',
    "gcp:bigquery/datasetAccess:DatasetAccess":
      "specialGroup: undefined, iamMember: undefined, userByEmail: reader.email",
    ...memberIs("reader.member", iamOf.stores),
  },
};
