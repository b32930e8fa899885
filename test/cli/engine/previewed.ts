import * as pulumi from "@pulumi/pulumi";
import { Provider, Queue, Worker } from "./resources";

/** What the engine and the CLI must see alike: every kind of value, of dependency, of option and of transform. */
export function previewed() {
  const config = new pulumi.Config("shop");
  pulumi.runtime.registerResourceTransform(({ type, name, props, opts }) =>
    type === "standin:index:Queue" && name.startsWith("marked")
      ? { props: { ...props, marked: true }, opts }
      : undefined,
  );

  const plainQueue = new Queue("plain", {
    label: "orders",
    count: 3,
    on: true,
    list: ["a", null, { b: 1 }],
    none: null,
  });
  const worker = new Worker("worker", { size: 1, url: plainQueue.url, labels: [plainQueue.label] }, { protect: true });
  new Queue("child", { label: plainQueue.label, source: plainQueue.url }, { parent: worker, protect: false });
  new Queue("waits", {}, { dependsOn: [worker, plainQueue] });

  const password = config.requireSecret("password");
  new Queue("secret", {
    label: password,
    list: [password, { deep: password }],
    joined: pulumi.interpolate`${password}-${plainQueue.url}`,
    known: pulumi.all([plainQueue.label, password]).apply(([label, text]) => `${label}${text}`),
  });
  new Queue("unknown", { url: plainQueue.url, id: plainQueue.id, nested: { list: [plainQueue.url, "known"] } });
  new Queue("json", { policy: pulumi.jsonStringify({ queue: plainQueue.label, arn: plainQueue.url }) });
  new Queue("references", { worker, queue: plainQueue });
  new Queue("assets", {
    text: new pulumi.asset.StringAsset("some text"),
    archive: new pulumi.asset.AssetArchive({ "a.txt": new pulumi.asset.StringAsset("inside") }),
  });

  new Queue(
    "options",
    { label: "x" },
    {
      retainOnDelete: true,
      deleteBeforeReplace: true,
      ignoreChanges: ["label"],
      replaceOnChanges: ["count"],
      additionalSecretOutputs: ["label", "url"],
      deletedWith: plainQueue,
      customTimeouts: { create: "5m" },
      aliases: [{ name: "former" }],
    },
  );
  const inherits = new Worker("inherits", {}, { retainOnDelete: true, deletedWith: plainQueue });
  new Worker("grandchild", {}, { parent: inherits });

  const provider = new Provider("elsewhere");
  new Worker("provided", {}, { providers: [provider] });
  new Queue("explicit", {}, { provider });

  const touch: pulumi.ResourceTransform = ({ props, opts }) => ({
    props: { ...props, touched: true },
    opts: { ...opts, protect: true, dependsOn: [plainQueue] },
  });
  new Queue("marked-own", { label: plainQueue.url, text: password }, { transforms: [touch] });
  new Queue("marked-stack", { label: plainQueue.url, text: password });
  new Worker("transformed", { url: plainQueue.url }, { transforms: [touch] });

  const outer = new Worker("outer");
  plainQueue.label.apply((label) => new Queue(`applied-${label}`, { label }, { parent: outer }));
  pulumi.log.warn("take care", worker);

  return {
    url: plainQueue.url,
    label: plainQueue.label,
    password,
    worker: worker.urn,
    mixed: { list: [1, plainQueue.id], secret: pulumi.secret({ a: 1 }) },
  };
}
