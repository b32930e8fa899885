// What each cloud makes of a resource beyond its inputs: identifiers, addresses, accounts. Deterministic by name.
const { createHash } = require("node:crypto");

const hex = (text, length) => createHash("sha256").update(text).digest("hex").slice(0, length);
const account = "123456789012";
const region = "eu-central-1";
const subscription = "/subscriptions/11111111-2222-3333-4444-555555555555";
const guid = (text) => hex(text, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
const project = "shop-test";

/** Immutable properties: their change needs another resource. */
const immutable = {
  "aws:sqs/queue:Queue": ["name", "fifoQueue"],
  "aws:dynamodb/table:Table": ["name", "hashKey", "rangeKey"],
  "aws:lambda/function:Function": ["name"],
  "aws:iam/role:Role": ["name"],
  "aws:kms/alias:Alias": ["name"],
  "aws:cloudwatch/logGroup:LogGroup": ["name", "namePrefix"],
  "aws:lambda/permission:Permission": ["function", "sourceArn", "principal", "qualifier"],
  "gcp:pubsub/topic:Topic": ["name"],
  "gcp:pubsub/subscription:Subscription": ["name", "topic", "enableMessageOrdering", "filter"],
  "gcp:apigateway/apiConfig:ApiConfig": ["apiConfigId", "openapiDocuments", "gatewayConfig", "api"],
  "gcp:cloudfunctionsv2/function:Function": ["name", "location"],
  "gcp:firestore/database:Database": ["name", "locationId", "cmekConfig"],
  "gcp:storage/bucketObject:BucketObject": ["name", "bucket", "source"],
  "gcp:serviceaccount/account:Account": ["accountId"],
  "azure-native:cosmosdb:SqlResourceSqlContainer": ["containerName"],
  "azure-native:servicebus:Queue": ["queueName"],
  "azure-native:web:WebApp": ["name"],
  "azure-native:authorization:RoleAssignment": ["principalId", "roleDefinitionId", "scope", "roleAssignmentName"],
};
/** Of every Azure resource. */
const azureImmutable = ["location", "resourceGroupName"];

const awsService = { cloudwatch: "logs", apigatewayv2: "apigateway" };

/** What every update makes anew: outputs that nobody knows until it is done. */
const unknownInPreview = {
  "aws:lambda/function:Function": ({ publish }) => (publish ? ["version", "qualifiedArn"] : []),
};

function aws(token, name, inputs, before) {
  const [, path, type] = token.split(":");
  const module = path.split("/")[0];
  const service = awsService[module] ?? module;
  const arn = `arn:aws:${service}:${region}:${account}:${name}`;
  const id = hex(token + name, 10);
  switch (token) {
    case "aws:sqs/queue:Queue":
      return {
        id: `https://sqs.${region}.amazonaws.com/${account}/${name}`,
        arn,
        url: `https://sqs.${region}.amazonaws.com/${account}/${name}`,
      };
    case "aws:kms/key:Key": {
      const keyId = guid(name);
      return { id: keyId, keyId, arn: `arn:aws:kms:${region}:${account}:key/${keyId}` };
    }
    case "aws:iam/role:Role":
      return { id: name, arn: `arn:aws:iam::${account}:role/${name}`, uniqueId: `AROA${hex(name, 16).toUpperCase()}` };
    case "aws:lambda/function:Function": {
      const functionArn = `arn:aws:lambda:${region}:${account}:function:${name}`;
      const version = inputs.publish ? String(Number(before?.version ?? 0) + 1) : "$LATEST";
      return {
        id: name,
        arn: functionArn,
        version,
        qualifiedArn: `${functionArn}:${version}`,
        invokeArn: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
      };
    }
    case "aws:lambda/alias:Alias": {
      const aliasArn = `arn:aws:lambda:${region}:${account}:function:${inputs.functionName}:${inputs.name}`;
      return {
        id: aliasArn,
        arn: aliasArn,
        invokeArn: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${aliasArn}/invocations`,
      };
    }
    case "aws:cloudwatch/logGroup:LogGroup":
      return { id: name, arn: `arn:aws:logs:${region}:${account}:log-group:${name}` };
    case "aws:dynamodb/table:Table":
      return { id: name, arn: `arn:aws:dynamodb:${region}:${account}:table/${name}` };
    case "aws:apigatewayv2/api:Api":
      return {
        id,
        apiEndpoint: `https://${id}.execute-api.${region}.amazonaws.com`,
        executionArn: `arn:aws:execute-api:${region}:${account}:${id}`,
        arn: `arn:aws:apigateway:${region}::/apis/${id}`,
      };
    default:
      return { id: type === "Secret" ? arn : id, arn };
  }
}

function azure(token, name, inputs) {
  const [, module, type] = token.split(":");
  const group = inputs.resourceGroupName ? `/resourceGroups/${inputs.resourceGroupName}` : "";
  if (token === "azure-native:resources:ResourceGroup") return { id: `${subscription}/resourceGroups/${name}`, name };
  const scope = inputs.scope ?? inputs.resourceUri;
  const parents = ["namespaceName", "accountName", "serviceName", "vaultName", "databaseName"]
    .filter((key) => inputs[key] && inputs[key] !== name)
    .map((key) => `/${key.replace("Name", "s")}/${inputs[key]}`)
    .join("");
  const id = `${scope ?? subscription + group}/providers/Microsoft.${module}/${type}${parents}/${name}`;
  const base = { id, name, type: `Microsoft.${module}/${type}` };
  const site = typeof inputs.name === "string" ? inputs.name : name;
  switch (token) {
    case "azure-native:managedidentity:UserAssignedIdentity":
      return {
        ...base,
        principalId: guid(`principal${name}`),
        clientId: guid(`client${name}`),
        tenantId: guid("tenant"),
      };
    case "azure-native:web:WebApp": {
      const scm = process.env.SB_STANDIN_SCM ?? `${site}.scm.azurewebsites.net`;
      return {
        ...base,
        defaultHostName: `${site}.azurewebsites.net`,
        enabledHostNames: [`${site}.azurewebsites.net`, scm],
        hostNameSslStates: [{ name: scm, hostType: "Repository" }],
      };
    }
    case "azure-native:apimanagement:ApiManagementService":
      return {
        ...base,
        gatewayUrl: `https://${name}.azure-api.net`,
        identity: { ...inputs.identity, principalId: guid(`apim${name}`), tenantId: guid("tenant") },
      };
    case "azure-native:storage:StorageAccount":
      return {
        ...base,
        primaryEndpoints: {
          blob: `https://${name}.blob.core.windows.net/`,
          queue: `https://${name}.queue.core.windows.net/`,
          table: `https://${name}.table.core.windows.net/`,
        },
      };
    case "azure-native:cosmosdb:DatabaseAccount":
      return { ...base, documentEndpoint: `https://${name}.documents.azure.com:443/` };
    case "azure-native:servicebus:Namespace":
      return { ...base, serviceBusEndpoint: `https://${name}.servicebus.windows.net:443/` };
    case "azure-native:keyvault:Vault":
      return { ...base, properties: { ...inputs.properties, vaultUri: `https://${name}.vault.azure.net/` } };
    case "azure-native:keyvault:Key":
      return {
        ...base,
        keyUri: `https://${inputs.vaultName}.vault.azure.net/keys/${name}`,
        keyUriWithVersion: `https://${inputs.vaultName}.vault.azure.net/keys/${name}/${hex(name, 32)}`,
      };
    case "azure-native:operationalinsights:Workspace":
      return { ...base, customerId: guid(name) };
    case "azure-native:applicationinsights:Component":
      return {
        ...base,
        connectionString: `InstrumentationKey=${guid(name)};IngestionEndpoint=https://${region}.in.applicationinsights.azure.com/`,
        instrumentationKey: guid(name),
        appId: guid(`app${name}`),
      };
    default:
      return base;
  }
}

function gcp(token, name, inputs) {
  const home = inputs.project ?? project;
  const email = `${inputs.accountId ?? name}@${home}.iam.gserviceaccount.com`;
  switch (token) {
    case "gcp:serviceaccount/account:Account":
      return {
        id: `projects/${home}/serviceAccounts/${email}`,
        name: `projects/${home}/serviceAccounts/${email}`,
        email,
        member: `serviceAccount:${email}`,
        uniqueId: String(Number.parseInt(hex(name, 12), 16)),
      };
    case "gcp:projects/serviceIdentity:ServiceIdentity": {
      const agent = `service-424242424242@gcp-sa-${String(inputs.service).split(".")[0]}.iam.gserviceaccount.com`;
      return { id: `projects/${home}/services/${inputs.service}`, email: agent, member: `serviceAccount:${agent}` };
    }
    case "gcp:cloudfunctionsv2/function:Function": {
      const uri = `https://${name}-${hex(name, 10)}-ey.a.run.app`;
      return {
        id: `projects/${home}/locations/${inputs.location}/functions/${name}`,
        url: uri,
        serviceConfig: {
          ...inputs.serviceConfig,
          service: `projects/${home}/locations/${inputs.location}/services/${name}`,
          uri,
        },
        environment: "GEN_2",
      };
    }
    case "gcp:pubsub/topic:Topic":
      return { id: `projects/${home}/topics/${name}` };
    case "gcp:pubsub/subscription:Subscription":
      return { id: `projects/${home}/subscriptions/${name}` };
    case "gcp:kms/keyRing:KeyRing":
      return { id: `projects/${home}/locations/${inputs.location}/keyRings/${name}` };
    case "gcp:kms/cryptoKey:CryptoKey":
      return { id: `${inputs.keyRing}/cryptoKeys/${name}` };
    case "gcp:apigateway/api:Api":
      return {
        id: `projects/${home}/locations/global/apis/${inputs.apiId}`,
        managedService: `${inputs.apiId}-${hex(name, 12)}.apigateway.${home}.cloud.goog`,
      };
    case "gcp:apigateway/apiConfig:ApiConfig":
      return { id: `projects/${home}/locations/global/apis/${inputs.api}/configs/${inputs.apiConfigId}` };
    case "gcp:apigateway/gateway:Gateway":
      return {
        id: `projects/${home}/locations/${inputs.region}/gateways/${inputs.gatewayId}`,
        defaultHostname: `${inputs.gatewayId}-${hex(name, 8)}.ew.gateway.dev`,
      };
    case "gcp:secretmanager/secret:Secret":
      return {
        id: `projects/${home}/secrets/${inputs.secretId}`,
        name: `projects/424242424242/secrets/${inputs.secretId}`,
      };
    case "gcp:storage/bucket:Bucket":
      return { id: name, url: `gs://${name}`, projectNumber: 424242424242 };
    case "gcp:storage/bucketObject:BucketObject":
      return { id: `${inputs.bucket}-${name}`, outputName: name };
    case "gcp:firestore/database:Database":
      return { id: `projects/${home}/databases/${name}` };
    default:
      return { id: `projects/${home}/${token.split(":")[1]}/${name}` };
  }
}

const computed = { aws, "azure-native": azure, gcp };

/** Answers of the providers' functions that a program may ask. */
const functions = {
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({
    accountId: account,
    arn: `arn:aws:iam::${account}:user/test`,
    userId: "AIDATEST",
    id: account,
  }),
  "aws:index/getRegion:getRegion": () => ({ name: region, region, id: region, description: "Frankfurt" }),
  "aws:index/getPartition:getPartition": () => ({ partition: "aws", dnsSuffix: "amazonaws.com", id: "aws" }),
  "azure-native:authorization:getClientConfig": () => ({
    clientId: guid("client"),
    tenantId: guid("tenant"),
    objectId: guid("object"),
    subscriptionId: subscription.split("/")[2],
  }),
  "gcp:storage/getProjectServiceAccount:getProjectServiceAccount": () => {
    const emailAddress = "service-424242424242@gs-project-accounts.iam.gserviceaccount.com";
    return { emailAddress, member: `serviceAccount:${emailAddress}`, id: emailAddress, project };
  },
  "gcp:organizations/getProject:getProject": () => ({
    projectId: project,
    number: "424242424242",
    id: `projects/${project}`,
  }),
  "gcp:organizations/getClientConfig:getClientConfig": () => ({
    project,
    region: "europe-west3",
    accessToken: "",
    id: "client",
  }),
};

module.exports = { azureImmutable, computed, functions, immutable, unknownInPreview };
