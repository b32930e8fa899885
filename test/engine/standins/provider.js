// Stands in for a cloud's provider under the real engine: `node provider.js aws|azure-native|gcp VERSION`. Echoes inputs, computes
// the usual outputs, refuses what the pinned package does not know, keeps what "exists" in a folder, and fails where it is told to.
const grpc = require("@grpc/grpc-js");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb.js");
const { Struct } = require("google-protobuf/google/protobuf/struct_pb.js");
const { ResourceProviderService } = require("@pulumi/pulumi/proto/provider_grpc_pb.js");
const messages = require("@pulumi/pulumi/proto/provider_pb.js");
const { PluginInfo } = require("@pulumi/pulumi/proto/plugin_pb.js");
const { judgeArm } = require("./arm");
const cloud = require("./cloud");
const { located, named, oneAtATime, physicalName } = require("./naming");
const clouds = require("./outputs");
const { validate } = require("./validate");
const { hasUnknown, plain, unknown } = require("./values");

const [, , provider, version] = process.argv;
const { computed, functions, immutable, unknownInPreview } = clouds[provider];
/** The provider's own configuration. */
const settings = {};
const { typeOf, nameOf } = cloud;
const javascript = (struct) => struct?.toJavaScript() ?? {};
const struct = (value) => Struct.fromJavaScript(value);

/** A refusal: what a provider answers instead of a message. */
class Refusal extends Error {
  constructor(details, code = grpc.status.UNKNOWN) {
    super(details);
    this.code = code;
    this.details = details;
  }
}

const answer = (Message, fill) => (call, done) => {
  const message = new Message();
  try {
    fill?.(message, call.request);
  } catch (error) {
    done(error instanceof Refusal ? error : { code: grpc.status.INTERNAL, details: error.stack });
    return;
  }
  done(null, message);
};

function refuseWhereOrdered(operation, urn) {
  const message = cloud.ordered(operation, urn);
  if (message !== undefined) throw new Refusal(message);
}

function check(response, request) {
  const urn = request.getUrn();
  const token = typeOf(urn);
  const given = javascript(request.getNews());
  const failures = validate(provider, token, given);
  if (!failures) throw new Refusal(`${token} is no resource type of ${provider} ${version}`, grpc.status.NOT_FOUND);
  response.setFailuresList(
    [...failures, ...judgeArm(token, given)].map(({ property, reason }) => {
      const failure = new messages.CheckFailure();
      failure.setProperty(property);
      failure.setReason(reason);
      return failure;
    }),
  );
  // The engine checks without the olds where it makes a resource, the first or one that replaces another.
  const before = request.getOlds() && javascript(request.getOlds());
  const here = located(provider, token, given, settings.location);
  response.setInputs(struct(named(provider, token, urn, here, before, cloud.countOf(urn))));
}

function diff(response, request) {
  const token = typeOf(request.getUrn());
  const before = plain(javascript(request.getOldInputs()));
  const after = plain(javascript(request.getNews()));
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => !key.startsWith("__") && canonical(before[key]) !== canonical(after[key]),
  );
  const replaces = changed.filter((key) => immutable[token]?.includes(key));
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  response.setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setDiffsList(changed);
  response.setReplacesList(replaces);
  response.setDeletebeforereplace(replaces.length > 0 && oneAtATime(provider, token, before, after));
}

/** Text that is the same for the same value, in whatever order its keys came. */
function canonical(value) {
  return JSON.stringify(value, (_key, inner) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}

/** What the cloud says of a resource: its inputs and what the cloud adds. */
function described(token, name, { __defaults: _, ...inputs }, before) {
  const { id, ...more } = computed(token, name, inputs, { before, settings });
  return { id, properties: { ...inputs, ...(inputs.name === undefined ? { name } : {}), ...more } };
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Inputs as a preview tells them: what the cloud will add to an object of them is unknown there. */
function promised(inputs, outputs) {
  const filled = ([key, value]) => {
    if (!isObject(value) || !isObject(outputs[key])) return [key, value];
    const added = Object.keys(outputs[key]).map((one) => [one, unknown]);
    return [key, { ...Object.fromEntries(added), ...promised(value, outputs[key]) }];
  };
  return Object.fromEntries(Object.entries(inputs).map(filled));
}

function create(response, request) {
  const urn = request.getUrn();
  const token = typeOf(urn);
  if (request.getPreview()) {
    const { __defaults: _, ...inputs } = javascript(request.getProperties());
    response.setProperties(struct(promised(inputs, described(token, nameOf(urn), plain(inputs)).properties)));
    return;
  }
  const inputs = plain(javascript(request.getProperties()));
  refuseWhereOrdered("create", urn);
  if (hasUnknown(inputs)) throw new Refusal(`${urn} is created with values that nobody knows`);
  const taken = cloud.countOf(urn);
  const name = physicalName(provider, token, inputs) ?? `${nameOf(urn)}${taken ? `-${taken}` : ""}`;
  const { id, properties } = described(token, name, inputs);
  if (cloud.exists(urn, id)) throw new Refusal(`${token} ${id} exists already`, grpc.status.ALREADY_EXISTS);
  cloud.put(urn, id, inputs);
  response.setId(id);
  response.setProperties(struct(properties));
}

function update(response, request) {
  const urn = request.getUrn();
  const token = typeOf(urn);
  const before = javascript(request.getOlds());
  if (request.getPreview()) {
    const { __defaults: _, ...inputs } = javascript(request.getNews());
    // What the cloud made of it stays, as the real providers say in a preview, but for what every update makes anew.
    const anew = (unknownInPreview[token]?.(inputs) ?? []).map((key) => [key, unknown]);
    response.setProperties(struct({ ...before, ...inputs, ...Object.fromEntries(anew) }));
    return;
  }
  const inputs = plain(javascript(request.getNews()));
  refuseWhereOrdered("update", urn);
  const name = physicalName(provider, token, inputs) ?? before.name ?? nameOf(urn);
  cloud.put(urn, request.getId(), inputs);
  response.setProperties(struct(described(token, name, inputs, before).properties));
}

const methods = {
  handshake: answer(messages.ProviderHandshakeResponse, (response) => {
    response.setAcceptSecrets(true);
    response.setAcceptResources(true);
  }),
  getPluginInfo: answer(PluginInfo, (info) => info.setVersion(version)),
  getSchema: answer(messages.GetSchemaResponse, (response) => response.setSchema("{}")),
  configure: answer(messages.ConfigureResponse, (response, request) => {
    Object.assign(settings, javascript(request.getArgs()));
    response.setAcceptsecrets(false);
    response.setAcceptresources(false);
    response.setSupportspreview(true);
  }),
  checkConfig: answer(messages.CheckResponse, (response, request) => response.setInputs(request.getNews())),
  diffConfig: answer(messages.DiffResponse, (response) =>
    response.setChanges(messages.DiffResponse.DiffChanges.DIFF_NONE),
  ),
  check: answer(messages.CheckResponse, check),
  diff: answer(messages.DiffResponse, diff),
  create: answer(messages.CreateResponse, create),
  update: answer(messages.UpdateResponse, update),
  delete: answer(Empty, (_response, request) => {
    refuseWhereOrdered("delete", request.getUrn());
    cloud.remove(request.getUrn(), request.getId());
  }),
  // An empty id tells the engine that the resource is gone.
  read: answer(messages.ReadResponse, (response, request) => {
    if (!cloud.exists(request.getUrn(), request.getId())) return;
    response.setId(request.getId());
    response.setProperties(request.getProperties());
    response.setInputs(request.getInputs());
  }),
  invoke: answer(messages.InvokeResponse, (response, request) => {
    const reply = functions[request.getTok()];
    if (!reply) throw new Refusal(`nobody answers ${request.getTok()} here`, grpc.status.UNIMPLEMENTED);
    response.setReturn(struct(reply(plain(javascript(request.getArgs())), settings)));
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

// The engine ends its plugins; one that was killed could not, and closes their input all the same.
process.stdin.on("end", () => process.exit()).resume();
