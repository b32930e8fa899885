// Stands in for a cloud's provider under the real engine: echoes inputs, computes the usual outputs, refuses what the
// pinned package does not know, keeps what "exists" in a folder, and fails where it is told to.
const { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const grpc = require("@grpc/grpc-js");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb.js");
const { Struct } = require("google-protobuf/google/protobuf/struct_pb.js");
const { ResourceProviderService } = require("@pulumi/pulumi/proto/provider_grpc_pb.js");
const messages = require("@pulumi/pulumi/proto/provider_pb.js");
const { PluginInfo } = require("@pulumi/pulumi/proto/plugin_pb.js");
const { azureImmutable, computed, functions, hex, immutable } = require("./outputs");
const { schemaOf } = require("./schema");

const [, , provider, version] = process.argv;
const state = process.env.SB_STANDIN_STATE;
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const typeOf = (urn) => urn.split("::")[2].split("$").pop();
/** The provider's own configuration. */
const settings = {};
const nameOf = (urn) => urn.split("::")[3];
const file = (id) => join(state, `${hex(id, 24)}.json`);

/** Values as the program gave them, secrets opened. */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (value["4dabf18193072939515e22adb298388d"] === "1b47061264138c4ac30d75fd1eb44270") return plain(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
const inputsOf = (struct) => plain(struct?.toJavaScript() ?? {});

/** Fills the name as the real provider's auto-naming does: the logical name and a suffix. */
function named(urn, schema, given) {
  const token = typeOf(urn);
  // Azure's provider puts its own location where a resource names none.
  const located = provider === "azure-native" && schema.inputs.has("location") && given.location === undefined;
  const inputs = located ? { ...given, location: settings.location ?? "germanywestcentral" } : given;
  const property = provider === "azure-native" ? azureNameProperty(token, schema) : "name";
  if (
    !property ||
    !schema.inputs.has(property) ||
    inputs[property] !== undefined ||
    inputs[`${property}Prefix`] !== undefined
  )
    return inputs;
  return { ...inputs, [property]: `${nameOf(urn)}${provider === "azure-native" ? "" : "-"}${hex(urn, 7)}` };
}

/** Azure names a resource by its last path part: `queueName` of a Queue, `accountName` of a StorageAccount. */
function azureNameProperty(token, schema) {
  const type = token.split(":")[2];
  const own = {
    ResourceGroup: "resourceGroupName",
    StorageAccount: "accountName",
    DatabaseAccount: "accountName",
    Namespace: "namespaceName",
    UserAssignedIdentity: "resourceName",
    ApiManagementService: "serviceName",
    Vault: "vaultName",
    Workspace: "workspaceName",
    Component: "resourceName",
    BlobContainer: "containerName",
    SqlResourceSqlContainer: "containerName",
    SqlResourceSqlDatabase: "databaseName",
    Queue: "queueName",
    Key: "keyName",
  }[type];
  return [own, "name"].find((property) => property && schema.inputs.has(property));
}

/** The failure that a test ordered for this operation, once as often as it says. */
function ordered(operation, urn) {
  const orders = join(state, "..", "fail.json");
  if (!existsSync(orders)) return undefined;
  const list = JSON.parse(readFileSync(orders, "utf8"));
  const order = list.find(
    (one) =>
      one.operation === operation &&
      one.type === typeOf(urn) &&
      (one.name ?? nameOf(urn)) === nameOf(urn) &&
      one.times > 0,
  );
  if (!order) return undefined;
  order.times--;
  writeFileSync(orders, JSON.stringify(list));
  return { code: grpc.status.UNKNOWN, details: order.message };
}

const answer = (Message, fill) => (call, done) => {
  try {
    const message = new Message();
    // Setters return the message; only a refusal has details.
    const result = fill?.(message, call.request);
    if (result?.details) done(result);
    else done(null, message);
  } catch (error) {
    done({ code: grpc.status.UNKNOWN, details: error.stack });
  }
};

function check(response, request) {
  const urn = request.getUrn();
  const schema = schemaOf(provider, typeOf(urn));
  const failures = [];
  const fail = (property, reason) => {
    const failure = new messages.CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason);
    failures.push(failure);
  };
  const raw = request.getNews()?.toJavaScript() ?? {};
  if (!schema)
    return { code: grpc.status.NOT_FOUND, details: `${typeOf(urn)} is no resource type of ${provider} ${version}` };
  for (const property of Object.keys(raw))
    if (!schema.inputs.has(property) && property !== "__defaults")
      fail(property, `${typeOf(urn)} has no property ${property}`);
  for (const property of schema.required)
    if (raw[property] === undefined || raw[property] === null)
      fail(property, `${typeOf(urn)} needs the property ${property}`);
  response.setFailuresList(failures);
  response.setInputs(Struct.fromJavaScript(named(urn, schema, raw)));
}

/** What the cloud says of it: its inputs and what the cloud adds. */
function properties(urn, inputs) {
  const token = typeOf(urn);
  const name = plainName(token, inputs) ?? nameOf(urn);
  const { id, ...more } = computed[provider](token, name, inputs);
  return { id, properties: { ...inputs, ...(inputs.name === undefined ? { name } : {}), ...more } };
}
function plainName(token, inputs) {
  if (provider !== "azure-native")
    return inputs.name ?? (inputs.namePrefix ? `${inputs.namePrefix}${hex(inputs.namePrefix, 7)}` : undefined);
  const schema = schemaOf(provider, token);
  const property = azureNameProperty(token, schema);
  return property ? inputs[property] : (inputs.roleAssignmentName ?? inputs.name);
}

const methods = {
  handshake: answer(messages.ProviderHandshakeResponse, (response) => {
    response.setAcceptSecrets(true);
    response.setAcceptResources(true);
  }),
  getPluginInfo: answer(PluginInfo, (info) => info.setVersion(version)),
  getSchema: answer(messages.GetSchemaResponse, (response) => response.setSchema("{}")),
  configure: answer(messages.ConfigureResponse, (response, request) => {
    Object.assign(settings, request.getArgs()?.toJavaScript());
    response.setAcceptsecrets(false);
    response.setAcceptresources(false);
    response.setSupportspreview(true);
  }),
  checkConfig: answer(messages.CheckResponse, (response, request) => response.setInputs(request.getNews())),
  diffConfig: answer(messages.DiffResponse, (response) =>
    response.setChanges(messages.DiffResponse.DiffChanges.DIFF_NONE),
  ),
  check: answer(messages.CheckResponse, check),
  diff: answer(messages.DiffResponse, (response, request) => {
    const token = typeOf(request.getUrn());
    const before = request.getOldInputs()?.toJavaScript() ?? {};
    const after = request.getNews()?.toJavaScript() ?? {};
    const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
      (key) => !key.startsWith("__") && JSON.stringify(before[key]) !== JSON.stringify(after[key]),
    );
    const fixed = [...(immutable[token] ?? []), ...(provider === "azure-native" ? azureImmutable : [])];
    response.setChanges(
      changed.length > 0 ? messages.DiffResponse.DiffChanges.DIFF_SOME : messages.DiffResponse.DiffChanges.DIFF_NONE,
    );
    response.setDiffsList(changed);
    response.setReplacesList(changed.filter((key) => fixed.includes(key)));
  }),
  create: answer(messages.CreateResponse, (response, request) => {
    const urn = request.getUrn();
    const inputs = inputsOf(request.getProperties());
    if (request.getPreview()) {
      response.setProperties(request.getProperties());
      return undefined;
    }
    const refused = ordered("create", urn);
    if (refused) return refused;
    if (JSON.stringify(inputs).includes(unknown))
      return { code: grpc.status.UNKNOWN, details: `${urn} is created with values that nobody knows` };
    const made = properties(urn, inputs);
    mkdirSync(state, { recursive: true });
    writeFileSync(file(made.id + urn), JSON.stringify({ type: typeOf(urn), name: nameOf(urn), id: made.id, inputs }));
    response.setId(made.id);
    response.setProperties(Struct.fromJavaScript(made.properties));
    return undefined;
  }),
  update: answer(messages.UpdateResponse, (response, request) => {
    const urn = request.getUrn();
    const inputs = inputsOf(request.getNews());
    if (request.getPreview()) {
      // What the cloud made of it stays, as the real providers say in a preview.
      response.setProperties(
        Struct.fromJavaScript({ ...request.getOlds().toJavaScript(), ...request.getNews().toJavaScript() }),
      );
      return undefined;
    }
    const refused = ordered("update", urn);
    if (refused) return refused;
    const made = properties(urn, inputs);
    writeFileSync(
      file(request.getId() + urn),
      JSON.stringify({ type: typeOf(urn), name: nameOf(urn), id: request.getId(), inputs }),
    );
    response.setProperties(Struct.fromJavaScript(made.properties));
    return undefined;
  }),
  delete: answer(Empty, (_response, request) => {
    const urn = request.getUrn();
    const refused = ordered("delete", urn);
    if (refused) return refused;
    rmSync(file(request.getId() + urn));
    return undefined;
  }),
  read: answer(messages.ReadResponse, (response, request) => {
    response.setId(request.getId());
    response.setProperties(request.getProperties());
    response.setInputs(request.getInputs());
  }),
  invoke: answer(messages.InvokeResponse, (response, request) => {
    const answers = functions[request.getTok()];
    if (!answers) return { code: grpc.status.UNIMPLEMENTED, details: `nobody answers ${request.getTok()} here` };
    response.setReturn(Struct.fromJavaScript(answers(inputsOf(request.getArgs()))));
    return undefined;
  }),
  attach: answer(Empty),
  cancel: answer(Empty),
};

const refuse = (name) => (_call, done) =>
  done({ code: grpc.status.UNIMPLEMENTED, details: `${name} is not offered here` });
const size = 64 * 2 ** 20;
const server = new grpc.Server({ "grpc.max_receive_message_length": size, "grpc.max_send_message_length": size });
server.addService(
  ResourceProviderService,
  Object.fromEntries(Object.keys(ResourceProviderService).map((name) => [name, methods[name] ?? refuse(name)])),
);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});
