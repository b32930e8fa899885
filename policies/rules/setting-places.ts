/** Where workloads have their settings. */
export interface Place {
  readonly path: string;
  /** Member of each entry that holds the value; undefined where an entry of a map is the value itself. */
  readonly value?: string;
  /**
   * How it is read where it is no list or map of settings: every text further in counts, by the name of its own member, of what
   * stands here or of the JSON or YAML that it is written in; of a script the text as a whole, which may be in base64.
   */
  readonly read?: "value" | "definition" | "script" | "base64";
  /** True where everything that stands there is a secret, whatever its name. */
  readonly always?: boolean;
  /** Where the name of the one setting stands that this is. */
  readonly named?: string;
}

const containers = (path: string, env: string): Place[] => [{ path: `${path}.*.${env}`, value: "value" }];
const siteSettings: Place[] = [
  { path: "siteConfig.appSettings", value: "value" },
  { path: "siteConfig.connectionStrings", value: "connectionString" },
];
const besideSite: Place[] = [{ path: "properties" }];
const connections: Place[] = [{ path: "properties", value: "value" }];
const containerApp: Place[] = [
  { path: "configuration.secrets", value: "value", always: true },
  ...containers("template.containers", "env"),
  ...containers("template.initContainers", "env"),
];
const machine: Place[] = [
  { path: "userData", read: "script" },
  { path: "userDataBase64", read: "base64" },
];

/** Where each type of workload has its settings. */
export const places: Readonly<Record<string, readonly Place[]>> = {
  "aws:lambda/function:Function": [{ path: "environment.variables" }],
  "aws:apigateway/stage:Stage": [{ path: "variables" }],
  "aws:apigatewayv2/stage:Stage": [{ path: "stageVariables" }],
  "aws:sfn/stateMachine:StateMachine": [{ path: "definition", read: "definition" }],
  "aws:ecs/taskDefinition:TaskDefinition": [{ path: "containerDefinitions", read: "definition" }],
  "aws:batch/jobDefinition:JobDefinition": [{ path: "containerProperties", read: "definition" }],
  "aws:codebuild/project:Project": [{ path: "environment.environmentVariables", value: "value" }],
  "aws:apprunner/service:Service": [
    { path: "sourceConfiguration.imageRepository.imageConfiguration.runtimeEnvironmentVariables" },
    {
      path: "sourceConfiguration.codeRepository.codeConfiguration.codeConfigurationValues.runtimeEnvironmentVariables",
    },
  ],
  "aws:amplify/app:App": [{ path: "environmentVariables" }],
  "aws:ec2/instance:Instance": machine,
  "aws:ec2/launchTemplate:LaunchTemplate": [{ path: "userData", read: "base64" }],
  "azure-native:web:WebApp": siteSettings,
  "azure-native:web:WebAppSlot": siteSettings,
  "azure-native:web:WebAppApplicationSettings": besideSite,
  "azure-native:web:WebAppApplicationSettingsSlot": besideSite,
  "azure-native:web:WebAppConnectionStrings": connections,
  "azure-native:web:WebAppConnectionStringsSlot": connections,
  "azure-native:apimanagement:Backend": ["authorization.parameter", "header", "query"].map((kind) => ({
    path: `credentials.${kind}`,
    read: "value",
    always: true,
  })),
  "azure-native:app:ContainerApp": containerApp,
  "azure-native:app:Job": containerApp,
  "azure-native:app:DaprComponent": [
    { path: "secrets", value: "value", always: true },
    { path: "metadata", value: "value" },
  ],
  "azure-native:containerinstance:ContainerGroup": [
    ...containers("containers", "environmentVariables"),
    ...containers("initContainers", "environmentVariables"),
  ],
  "azure-native:appconfiguration:KeyValue": [{ path: "value", named: "keyValueName" }],
  "azure-native:logic:Workflow": [
    { path: "definition", read: "value" },
    { path: "parameters", read: "value" },
  ],
  "gcp:cloudfunctionsv2/function:Function": [
    { path: "serviceConfig.environmentVariables" },
    { path: "buildConfig.environmentVariables" },
  ],
  "gcp:cloudfunctions/function:Function": [{ path: "environmentVariables" }, { path: "buildEnvironmentVariables" }],
  "gcp:workflows/workflow:Workflow": [{ path: "userEnvVars" }, { path: "sourceContents", read: "definition" }],
  "gcp:cloudrunv2/service:Service": containers("template.containers", "envs"),
  "gcp:cloudrunv2/workerPool:WorkerPool": containers("template.containers", "envs"),
  "gcp:cloudrunv2/job:Job": containers("template.template.containers", "envs"),
  "gcp:cloudrun/service:Service": containers("template.spec.containers", "envs"),
  "gcp:appengine/standardAppVersion:StandardAppVersion": [{ path: "envVariables" }],
  "gcp:cloudbuild/trigger:Trigger": [{ path: "substitutions" }],
  "gcp:compute/instance:Instance": [{ path: "metadata" }, { path: "metadataStartupScript", read: "script" }],
};
const of = (prefix: string) => Object.keys(places).filter((type) => type.startsWith(prefix));
export const settingsTypes = { aws: of("aws:"), azure: of("azure-native:"), gcp: of("gcp:") };
