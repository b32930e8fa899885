// What AWS makes of a resource beyond its inputs: identifiers, ARNs, addresses. A type without a line here has an id and nothing more.
const { guid, hex } = require("./identifiers");

const account = "123456789012";
const home = "eu-central-1";

/** Inputs that name a resource, where it is not `name`. */
const names = { "aws:s3/bucket:Bucket": "bucket" };

/** What a bucket has one of: known by the bucket's name. */
const bucketParts = [
  "LifecycleConfiguration",
  "Notification",
  "OwnershipControls",
  "Policy",
  "PublicAccessBlock",
  "ServerSideEncryptionConfiguration",
  "Versioning",
];
const ofBucket = (line) => Object.fromEntries(bucketParts.map((part) => [`aws:s3/bucket${part}:Bucket${part}`, line]));

/** Properties whose change needs another resource. */
const immutable = {
  ...ofBucket(["bucket"]),
  "aws:apigatewayv2/api:Api": ["protocolType"],
  "aws:apigatewayv2/integration:Integration": ["apiId"],
  "aws:apigatewayv2/route:Route": ["apiId"],
  "aws:apigatewayv2/stage:Stage": ["apiId", "name"],
  "aws:cloudtrail/trail:Trail": ["name"],
  "aws:cloudwatch/eventArchive:EventArchive": ["name", "eventSourceArn"],
  "aws:cloudwatch/eventBus:EventBus": ["name"],
  "aws:cloudwatch/eventRule:EventRule": ["name", "eventBusName"],
  "aws:cloudwatch/eventTarget:EventTarget": ["rule", "eventBusName", "targetId"],
  "aws:cloudwatch/logGroup:LogGroup": ["name", "namePrefix"],
  "aws:dynamodb/table:Table": ["name", "hashKey", "rangeKey"],
  "aws:iam/role:Role": ["name"],
  "aws:iam/rolePolicy:RolePolicy": ["name", "role"],
  "aws:kinesis/stream:Stream": ["name"],
  "aws:kinesis/streamConsumer:StreamConsumer": ["name", "streamArn"],
  "aws:kms/alias:Alias": ["name"],
  "aws:kms/keyPolicy:KeyPolicy": ["keyId"],
  "aws:lambda/alias:Alias": ["name", "functionName"],
  "aws:lambda/eventSourceMapping:EventSourceMapping": ["eventSourceArn", "startingPosition"],
  "aws:lambda/function:Function": ["name"],
  "aws:lambda/permission:Permission": ["function", "sourceArn", "principal", "qualifier"],
  "aws:s3/bucket:Bucket": ["bucket", "objectLockEnabled"],
  "aws:scheduler/schedule:Schedule": ["name", "groupName"],
  "aws:schemas/registry:Registry": ["name"],
  "aws:schemas/schema:Schema": ["name", "registryName"],
  "aws:sns/topic:Topic": ["name", "fifoTopic"],
  "aws:sns/topicSubscription:TopicSubscription": ["topic", "protocol", "endpoint"],
  "aws:sqs/queue:Queue": ["name", "fifoQueue"],
  "aws:sqs/queuePolicy:QueuePolicy": ["queueUrl"],
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": ["queueUrl"],
};

/** What every update makes anew: outputs that nobody knows until it is done. */
const unknownInPreview = {
  "aws:lambda/function:Function": ({ publish }) => (publish ? ["version", "qualifiedArn"] : []),
};

const invokeArn = (region, arn) => `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`;
/** A resource whose ARN is its id. */
const byArn = (arn) => ({ id: arn, arn });

/** Per type, of its `name`, its `inputs`, the `region`, the outputs `before`, an ARN's maker `of(service, rest)`, and an `id`. */
const types = {
  ...ofBucket(({ inputs }) => ({ id: inputs.bucket })),
  "aws:apigatewayv2/api:Api": ({ id, region, of }) => ({
    apiEndpoint: `https://${id}.execute-api.${region}.amazonaws.com`,
    executionArn: of("execute-api", id),
    arn: `arn:aws:apigateway:${region}::/apis/${id}`,
  }),
  "aws:apigatewayv2/stage:Stage": ({ name, inputs, region }) => ({
    id: name,
    arn: `arn:aws:apigateway:${region}::/apis/${inputs.apiId}/stages/${name}`,
    invokeUrl: `https://${inputs.apiId}.execute-api.${region}.amazonaws.com/${name === "$default" ? "" : name}`,
  }),
  "aws:cloudtrail/trail:Trail": ({ name, of }) => byArn(of("cloudtrail", `trail/${name}`)),
  "aws:cloudwatch/eventArchive:EventArchive": ({ name, of }) => ({ id: name, arn: of("events", `archive/${name}`) }),
  "aws:cloudwatch/eventBus:EventBus": ({ name, of }) => ({ id: name, arn: of("events", `event-bus/${name}`) }),
  "aws:cloudwatch/eventRule:EventRule": ({ name, inputs, of }) => {
    // Rules of the default bus stand without it.
    const bus = inputs.eventBusName === "default" ? undefined : inputs.eventBusName;
    const path = bus ? `${bus}/${name}` : name;
    return { id: path, arn: of("events", `rule/${path}`) };
  },
  "aws:cloudwatch/eventTarget:EventTarget": ({ name, inputs }) => {
    const targetId = inputs.targetId ?? `${name}-${hex(name, 7)}`;
    return { id: `${inputs.eventBusName ?? "default"}-${inputs.rule}-${targetId}`, targetId };
  },
  "aws:cloudwatch/logGroup:LogGroup": ({ name, of }) => ({ id: name, arn: of("logs", `log-group:${name}`) }),
  "aws:cloudwatch/metricAlarm:MetricAlarm": ({ name, of }) => ({ id: name, arn: of("cloudwatch", `alarm:${name}`) }),
  "aws:dynamodb/table:Table": ({ name, inputs, of }) => {
    const arn = of("dynamodb", `table/${name}`);
    const label = "2025-01-01T00:00:00.000";
    const stream = inputs.streamEnabled ? { streamArn: `${arn}/stream/${label}`, streamLabel: label } : {};
    return { id: name, arn, ...stream };
  },
  "aws:iam/role:Role": ({ name }) => ({
    id: name,
    arn: `arn:aws:iam::${account}:role/${name}`,
    uniqueId: `AROA${hex(name, 16).toUpperCase()}`,
  }),
  "aws:iam/rolePolicy:RolePolicy": ({ name, inputs }) => ({ id: `${inputs.role}:${name}` }),
  "aws:kinesis/stream:Stream": ({ name, of }) => byArn(of("kinesis", `stream/${name}`)),
  "aws:kinesis/streamConsumer:StreamConsumer": ({ name, inputs }) => ({
    ...byArn(`${inputs.streamArn}/consumer/${name}:1735689600`),
    creationTimestamp: "2025-01-01T00:00:00Z",
  }),
  "aws:kms/alias:Alias": ({ name, inputs, of }) => ({
    id: name,
    arn: of("kms", name),
    targetKeyArn: of("kms", `key/${String(inputs.targetKeyId).split("/").pop()}`),
  }),
  "aws:kms/key:Key": ({ name, of }) => ({ id: guid(name), keyId: guid(name), arn: of("kms", `key/${guid(name)}`) }),
  "aws:kms/keyPolicy:KeyPolicy": ({ inputs }) => ({ id: inputs.keyId }),
  "aws:lambda/alias:Alias": ({ inputs, region, of }) => {
    const arn = of("lambda", `function:${inputs.functionName}:${inputs.name}`);
    return { ...byArn(arn), invokeArn: invokeArn(region, arn) };
  },
  "aws:lambda/eventSourceMapping:EventSourceMapping": ({ name, inputs, of }) => {
    const uuid = guid(name + inputs.functionName);
    const arn = of("lambda", `event-source-mapping:${uuid}`);
    return { id: uuid, uuid, arn, functionArn: inputs.functionName };
  },
  "aws:lambda/function:Function": ({ name, inputs, before, region, of }) => {
    const arn = of("lambda", `function:${name}`);
    const version = inputs.publish ? String(Number(before?.version ?? 0) + 1) : "$LATEST";
    return { id: name, arn, version, qualifiedArn: `${arn}:${version}`, invokeArn: invokeArn(region, arn) };
  },
  "aws:s3/bucket:Bucket": ({ name, region }) => ({
    id: name,
    arn: `arn:aws:s3:::${name}`,
    bucketDomainName: `${name}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
    bucketRegion: region,
  }),
  "aws:scheduler/schedule:Schedule": ({ name, inputs, of }) => {
    const path = `${inputs.groupName ?? "default"}/${name}`;
    return { id: path, arn: of("scheduler", `schedule/${path}`) };
  },
  "aws:schemas/registry:Registry": ({ name, of }) => ({ id: name, arn: of("schemas", `registry/${name}`) }),
  "aws:schemas/schema:Schema": ({ name, inputs, of }) => ({
    id: `${name}/${inputs.registryName}`,
    arn: of("schemas", `schema/${inputs.registryName}/${name}`),
    version: "1",
  }),
  "aws:secretsmanager/secret:Secret": ({ name, of }) => byArn(of("secretsmanager", `secret:${name}-${hex(name, 6)}`)),
  "aws:sns/topic:Topic": ({ name, of }) => ({ ...byArn(of("sns", name)), owner: account }),
  "aws:sns/topicPolicy:TopicPolicy": ({ inputs }) => ({ id: inputs.arn, owner: account }),
  "aws:sns/topicSubscription:TopicSubscription": ({ name, inputs }) => byArn(`${inputs.topic}:${guid(name)}`),
  "aws:sqs/queue:Queue": ({ name, region, of }) => {
    const url = `https://sqs.${region}.amazonaws.com/${account}/${name}`;
    return { id: url, arn: of("sqs", name), url };
  },
  "aws:sqs/queuePolicy:QueuePolicy": ({ inputs }) => ({ id: inputs.queueUrl }),
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": ({ inputs }) => ({ id: inputs.queueUrl }),
};

function computed(token, name, inputs, { before, settings }) {
  const region = settings.region ?? home;
  const of = (service, rest) => `arn:aws:${service}:${region}:${account}:${rest}`;
  const id = hex(token + name, 10);
  return { id, ...types[token]?.({ name, inputs, before, region, of, id }) };
}

/** Answers of the provider's functions that a program may ask. */
const functions = {
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({
    accountId: account,
    arn: `arn:aws:iam::${account}:user/test`,
    userId: "AIDATEST",
    id: account,
  }),
  "aws:index/getRegion:getRegion": (_args, { region = home }) => ({
    name: region,
    region,
    id: region,
    description: "Frankfurt",
  }),
  "aws:index/getPartition:getPartition": () => ({ partition: "aws", dnsSuffix: "amazonaws.com", id: "aws" }),
};

module.exports = { computed, functions, immutable, names, unknownInPreview };
