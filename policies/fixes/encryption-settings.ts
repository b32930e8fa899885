import { each, type Fix, type Fixes, otherwise } from "./fix";

const fromVault = 'pulumi.concat("@Microsoft.KeyVault(SecretUri=", SECRET.properties.secretUri, ")")';
const containers = (env: string) => `containers: [{ …, ${env} }]`;
const fromManager =
  'envs: [‹{ name: "NAME", valueSource: { secretKeyRef: { secret: SECRET.secretId, version: "latest" } } }›]';
const secretVariable =
  'secretEnvironmentVariables: [‹{ key: "NAME", projectId: project, secret: SECRET.secretId, version: "latest" }›]';

/** A secret in plain text needs a reference; anything else found is about the key. */
const secretOrKey = (secret: string, key: string): Fix => [
  [/secrets in plain text/, secret],
  [otherwise, key],
];

/** Keys of code and settings, and secrets by reference. */
export const settingsEncryptionFixes: Fixes = {
  "ENC-05": {
    "aws:lambda/function:Function": secretOrKey(
      "environment: { variables: { …, ‹NAME: SECRET.arn› } }",
      "kmsKeyArn: key.arn",
    ),
    "aws:ecr/repository:Repository": 'encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: key.arn }]',
    "aws:apigateway/stage:Stage": "variables: { …, ‹NAME: SECRET.arn› }",
    "aws:apigatewayv2/stage:Stage": "stageVariables: { …, ‹NAME: SECRET.arn› }",
    "aws:ecs/taskDefinition:TaskDefinition":
      'containerDefinitions: pulumi.jsonStringify([{ …, secrets: [‹{ name: "NAME", valueFrom: SECRET.arn }›] }])',
    "aws:batch/jobDefinition:JobDefinition":
      'containerProperties: pulumi.jsonStringify({ …, secrets: [‹{ name: "NAME", valueFrom: SECRET.arn }›] })',
    "aws:codebuild/project:Project":
      'environment: { …, environmentVariables: […, ‹{ name: "NAME", type: "SECRETS_MANAGER", value: SECRET.name }›] }',
    "aws:apprunner/service:Service":
      "sourceConfiguration: { …, imageRepository: { …, imageConfiguration: { …, runtimeEnvironmentSecrets: { ‹NAME: SECRET.arn› } } } }",
    "aws:amplify/app:App": "environmentVariables: { …, ‹NAME: SECRET.arn› }",
    ...each(
      ["aws:ec2/instance:Instance", "aws:ec2/launchTemplate:LaunchTemplate"],
      "userData: undefined /* let the instance's role read the secret when it starts */",
    ),
    "aws:sfn/stateMachine:StateMachine":
      'definition: pulumi.jsonStringify({ …, States: { …, Call: { …, Type: "Task", Resource: "arn:aws:states:::http:invoke",\n  Parameters: { …, Authentication: { ConnectionArn: connection.arn } } } } })',
    ...each(
      ["azure-native:web:WebApp", "azure-native:web:WebAppSlot"],
      `siteConfig: { …, appSettings: […, ‹{ name: "NAME", value: ${fromVault} }›] }`,
    ),
    ...each(
      ["azure-native:web:WebAppApplicationSettings", "azure-native:web:WebAppApplicationSettingsSlot"],
      `properties: { …, ‹NAME: ${fromVault}› }`,
    ),
    ...each(
      ["azure-native:web:WebAppConnectionStrings", "azure-native:web:WebAppConnectionStringsSlot"],
      `properties: { …, ‹NAME: { type: "SQLAzure", value: ${fromVault} }› }`,
    ),
    "azure-native:app:DaprComponent":
      'secrets: [‹{ name: "LABEL", keyVaultUrl: SECRET.properties.secretUri, identity: own.id }›]',
    "azure-native:containerinstance:ContainerGroup":
      'containers: [{ …, environmentVariables: [‹{ name: "NAME", secureValue: config.requireSecret("LABEL") }›] }]',
    "azure-native:appconfiguration:KeyValue":
      'contentType: "application/vnd.microsoft.appconfig.keyvaultref+json;charset=utf-8", value: pulumi.jsonStringify({ uri: secret.properties.secretUri })',
    "azure-native:logic:Workflow":
      'identity: { type: "SystemAssigned" }, definition: { …, actions: { …, Call: { …, inputs: { …, authentication: { type: "ManagedServiceIdentity", audience } } } } }',
    "azure-native:apimanagement:Backend":
      'credentials: { authorization: { scheme: "Bearer", parameter: "{{backend-token}}" } }',
    "azure-native:apimanagement:NamedValue":
      "value: undefined, secret: true, keyVault: { secretIdentifier: secret.properties.secretUri }",
    ...each(
      ["azure-native:app:ContainerApp", "azure-native:app:Job"],
      `configuration: { …, secrets: [‹{ name: "LABEL", keyVaultUrl: SECRET.properties.secretUri, identity: own.id }›] },\n  template: { …, ${containers('env: [‹{ name: "NAME", secretRef: "LABEL" }›]')} }`,
    ),
    "azure-native:containerregistry:Registry":
      'sku: { name: "Premium" }, encryption: { status: "enabled", keyVaultProperties: { keyIdentifier: key.keyUri, identity: identity.clientId } }',
    "gcp:artifactregistry/repository:Repository": "kmsKeyName: key.id",
    "gcp:cloudfunctionsv2/function:Function": secretOrKey(
      `serviceConfig: { …, ${secretVariable} }`,
      "kmsKeyName: key.id",
    ),
    "gcp:cloudfunctions/function:Function": secretOrKey(secretVariable, "kmsKeyName: key.id"),
    ...each(
      ["gcp:cloudrunv2/service:Service", "gcp:cloudrunv2/workerPool:WorkerPool"],
      secretOrKey(`template: { …, ${containers(fromManager)} }`, "template: { …, encryptionKey: key.id }"),
    ),
    "gcp:cloudrunv2/job:Job": secretOrKey(
      `template: { …, template: { …, ${containers(fromManager)} } }`,
      "template: { …, template: { …, encryptionKey: key.id } }",
    ),
    "gcp:cloudrun/service:Service": secretOrKey(
      `template: { …, spec: { …, ${containers('envs: [‹{ name: "NAME", valueFrom: { secretKeyRef: { name: SECRET.secretId, key: "latest" } } }›]')} } }`,
      'template: { …, metadata: { …, annotations: { …, "run.googleapis.com/encryption-key": key.id } } }',
    ),
    "gcp:appengine/standardAppVersion:StandardAppVersion": "envVariables: { …, ‹NAME: SECRET.name› }",
    "gcp:cloudbuild/trigger:Trigger":
      'build: { …, availableSecrets: { secretManagers: [‹{ env: "NAME", versionName: SECRET.name }›] } }, substitutions: { …, ‹NAME: undefined› }',
    "gcp:compute/instance:Instance":
      "metadata: { …, ‹NAME: SECRET.name› }, metadataStartupScript: undefined /* let the instance's account read the secret when it starts */",
    "gcp:workflows/workflow:Workflow": "userEnvVars: { …, ‹NAME: SECRET.name› }",
  },
};
