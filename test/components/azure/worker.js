// The part of the Azure Functions host's Node worker that runs a published package: loads what package.json calls `main`, hands
// it `@azure/functions-core`, and makes calls by the programming model's own code. Whatever asks the network asks SB_TEST_NETWORK.
const { readFileSync } = require("node:fs");
const Module = require("node:module");
const { join, resolve } = require("node:path");

const functions = new Map();
let model;
const core = {
  version: "1.0.0",
  hostVersion: "4.1037.0",
  log: (level, _category, message) => process.stdout.write(`${level}: ${message}\n`),
  registerFunction: (metadata, callback) => functions.set(metadata.name, { metadata, callback }),
  registerHook: () => ({ dispose: () => undefined }),
  setProgrammingModel: (made) => {
    model = made;
  },
};
const load = Module._load;
Module._load = (request, ...rest) => (request === "@azure/functions-core" ? core : load(request, ...rest));

const network = globalThis.fetch;
globalThis.fetch = (address, init) => {
  const { hostname, pathname, search } = new URL(address);
  return network(
    hostname === "127.0.0.1" ? address : `${process.env.SB_TEST_NETWORK}/${hostname}${pathname}${search}`,
    init,
  );
};

async function call({ name, request }) {
  const { metadata, callback } = functions.get(name);
  const log = (level, _category, message) => core.log(level, "user", message);
  const invocation = model.getInvocationModel({ invocationId: "call-1", metadata, request, state: {}, log });
  const { context, inputs } = await invocation.getArguments();
  try {
    const result = await invocation.invokeFunction(context, inputs, callback);
    const { returnValue } = await invocation.getResponse(context, result);
    if (returnValue?.http) returnValue.http.body = Buffer.from(returnValue.http.body?.bytes ?? "").toString();
    return { returnValue };
  } catch (error) {
    return { thrown: String(error) };
  }
}

const folder = resolve(process.argv[2]);
require(join(folder, JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).main));
const plain = (value) => JSON.parse(JSON.stringify(value));
process.on("message", async (message) => process.send(plain(await call(message))));
process.send(plain([...functions.values()].map(({ metadata }) => metadata)));
