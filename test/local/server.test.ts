import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Address, addressFile, findRunning } from "../../local/address";
import { AdminClient } from "../../local/admin-client";
import type { LocalCloud } from "../../local/cloud";
import { AdminServer } from "../../local/server";
import { functionInputs, makeCloud, queueInputs, send } from "./support";

/** A private place for the address file, instead of the user's own. */
function isolated(): void {
  let folder = "";
  const before = process.env.XDG_RUNTIME_DIR;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "local-cloud-"));
    process.env.XDG_RUNTIME_DIR = folder;
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    if (before === undefined) delete process.env.XDG_RUNTIME_DIR;
    else process.env.XDG_RUNTIME_DIR = before;
  });
}

async function withDeadLetter(cloud: LocalCloud, body: string): Promise<string> {
  await cloud.create("Queue", { ...queueInputs, maxDeliveries: 1 });
  const queue = cloud.find("Queue", "q");
  assert.ok(queue);
  const { id } = queue.send(body, { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" });
  const [delivery] = queue.receive(1);
  queue.failed(id, delivery?.receipt ?? "", "Error: <b>no</b>");
  return id;
}

describe("local admin server", () => {
  isolated();
  let cloud: LocalCloud;
  let server: AdminServer;
  let bearer: Record<string, string>;
  beforeEach(async () => {
    cloud = await makeCloud();
    server = await AdminServer.start(cloud);
    bearer = { authorization: `Bearer ${cloud.token}` };
  });
  afterEach(async () => {
    await server.close();
    await cloud.close();
  });

  describe("is guarded", () => {
    const redrive = "/v1/queues/q/redrive";
    it("no token: nothing is shown and nothing changes", async () => {
      await withDeadLetter(cloud, "payload");
      for (const path of ["/", "/v1/stats", "/v1/boot", "/v1/queues/q/dead-letters?payload=1", "/v1/logs/logs"]) {
        const { status, text } = await send(server.url + path);
        assert.equal(status, 401, path);
        assert.doesNotMatch(text, /payload"|boot/);
      }
      assert.equal((await send(server.url + redrive, { method: "POST" })).status, 401);
      assert.equal(
        (await send(server.url + redrive, { method: "POST", headers: { authorization: "Bearer wrong" } })).status,
        401,
      );
      assert.equal(
        (await send(`${server.url}/v1/resources/Secret`, { method: "POST", body: '{"name":"s"}' })).status,
        401,
      );
      assert.deepEqual([cloud.find("Queue", "q")?.deadLetters.size, cloud.list("Secret").length], [1, 0]);
    });

    it("a name that is not loopback's: refused even with the token, sign-in included", async () => {
      const code = new URL(server.consoleUrl()).search;
      for (const host of [
        "attacker.example",
        "attacker.example:80",
        "127.0.0.1.attacker.example",
        "localhost.attacker.example",
      ]) {
        assert.equal((await send(`${server.url}/v1/boot`, { headers: { ...bearer, host } })).status, 421, host);
        assert.equal((await send(`${server.url}/sign-in${code}`, { headers: { host } })).status, 421, host);
      }
      assert.equal(
        (await send(`${server.url}/v1/boot`, { headers: { ...bearer, host: `localhost:${new URL(server.url).port}` } }))
          .status,
        200,
      );
    });

    it("a page of another origin: changes nothing, even with the token", async () => {
      const id = await withDeadLetter(cloud, "x");
      for (const origin of ["https://evil.example", "null", "http://127.0.0.1:1"]) {
        assert.equal(
          (await send(server.url + redrive, { method: "POST", headers: { ...bearer, origin } })).status,
          403,
          origin,
        );
      }
      assert.ok(cloud.find("Queue", "q")?.deadLetters.get(id));
    });

    it("the browser's cookie: comes from a link that works once, and changes things only from our own pages", async () => {
      await withDeadLetter(cloud, "x");
      const link = server.consoleUrl();
      const signedIn = await send(link);
      const setCookie = String(signedIn.headers["set-cookie"]);
      assert.match(setCookie, /HttpOnly; SameSite=Strict/);
      assert.doesNotMatch(setCookie, new RegExp(cloud.token), "the token itself stays here");
      assert.equal((await send(link)).status, 401, "used up");
      assert.equal((await send(`${server.url}/sign-in?code=guess`)).status, 401);
      const cookie = setCookie.split(";")[0] ?? "";
      assert.equal((await send(server.url, { headers: { cookie } })).status, 200);
      assert.equal((await send(link, { headers: { cookie } })).status, 303, "signed in already");
      const press = (headers: Record<string, string>) =>
        send(`${server.url}/console/queues/q/redrive`, { method: "POST", headers: { cookie, ...headers } });
      assert.equal((await press({})).status, 401, "without an origin");
      assert.equal((await press({ origin: "https://evil.example" })).status, 403);
      assert.equal(cloud.find("Queue", "q")?.deadLetters.size, 1);
      assert.equal((await press({ origin: server.url })).status, 303);
      assert.equal(cloud.find("Queue", "q")?.deadLetters.size, 0);
    });
  });

  it("the console shows queues and dead letters with cause and trace, never a payload, and escapes what it shows", async () => {
    await withDeadLetter(cloud, "the payload");
    const { text, headers } = await send(server.url, { headers: bearer });
    assert.match(text, /Error: &#60;b&#62;no/);
    assert.match(text, /4bf92f3577b34da6a3ce929d0e0e4736/);
    assert.doesNotMatch(text, /the payload|<b>no|<script/);
    assert.match(String(headers["content-security-policy"]), /default-src 'none'/);
    assert.match(String(headers["content-security-policy"]), /frame-ancestors 'none'/);
  });

  it("the client: payloads only on request, redrive of one, purge with the name", async () => {
    const id = await withDeadLetter(cloud, "the payload");
    const client = await AdminClient.connect();
    const { total, deadLetters } = await client.deadLetters("q");
    assert.equal(total, 1);
    assert.deepEqual(
      [deadLetters[0]?.id, deadLetters[0]?.bytes, deadLetters[0]?.attempts, deadLetters[0]?.body],
      [id, 11, 1, undefined],
    );
    assert.equal((await client.deadLetter("q", id, { payload: true })).body, "the payload");
    assert.equal(await client.redrive("q", ["other"]), 0);
    assert.equal(await client.redrive("q", [id]), 1);
    assert.equal((await client.stats()).queues[0]?.visible, 1);
    const [delivery] = cloud.find("Queue", "q")?.receive(1) ?? [];
    cloud.find("Queue", "q")?.failed(id, delivery?.receipt ?? "", "x");
    const unconfirmed = await send(`${server.url}/v1/queues/q/dead-letters`, {
      method: "DELETE",
      headers: bearer,
      body: '{"confirm":"p"}',
    });
    assert.equal(unconfirmed.status, 400);
    assert.equal(await client.purge("q"), 1);
    await assert.rejects(client.deadLetters("none"), { name: "NotFound", message: /no Queue "none"/ });
  });

  it("a secret can be set and is never shown", async () => {
    await cloud.create("Secret", { name: "s" });
    const client = await AdminClient.connect();
    await client.setSecret("s", "hush-hush");
    const shown = [
      JSON.stringify(await client.stats()),
      JSON.stringify(await client.read("Secret", "s")),
      (await send(server.url, { headers: bearer })).text,
    ];
    for (const text of shown) assert.doesNotMatch(text, /hush-hush/);
    assert.equal(cloud.find("Secret", "s")?.read(), "hush-hush");
  });

  it("makes, changes, reads and deletes resources, with the errors of the cloud", async () => {
    const client = await AdminClient.connect();
    const state = await client.create("Function", functionInputs("async () => 1"));
    assert.deepEqual([state.id, state.outputs.bootId], ["f", cloud.bootId]);
    await assert.rejects(client.create("Function", functionInputs("1")), { name: "AlreadyExists" });
    await assert.rejects(client.create("Queue", { name: "q", fifo: true }), {
      name: "InvalidInput",
      message: /fifo: is not a property/,
    });
    await client.update("Function", "f", functionInputs("async () => 2", { timeoutSeconds: 9 }));
    assert.equal((await client.read("Function", "f"))?.outputs.timeoutSeconds, 9);
    await client.delete("Function", "f");
    assert.equal(await client.read("Function", "f"), undefined);
    assert.equal(
      (await send(`${server.url}/v1/resources/Pony`, { method: "POST", headers: bearer, body: "{}" })).status,
      404,
    );
    assert.equal(
      (await send(`${server.url}/v1/resources/Queue`, { method: "POST", headers: bearer, body: "{" })).status,
      400,
    );
  });

  it("refuses a port that is taken, and a second cloud of the same user, each with one sentence", async () => {
    const port = Number(new URL(server.url).port);
    const other = await makeCloud();
    await assert.rejects(AdminServer.start(other, { port }), {
      name: "AddressInUse",
      message: new RegExp(`port ${port} is in use`),
    });
    await assert.rejects(AdminServer.start(other), { name: "AlreadyRunning", message: /is running already at http/ });
    const quiet = await AdminServer.start(other, { publish: false });
    assert.equal((await findRunning())?.bootId, cloud.bootId, "the first is still the one that is found");
    await quiet.close();
    await other.close();
  });
});

describe("local address file", () => {
  isolated();
  const write = (address: Partial<Address>) => {
    mkdirSync(dirname(addressFile()), { recursive: true, mode: 0o700 });
    writeFileSync(
      addressFile(),
      JSON.stringify({ url: "http://127.0.0.1:1", token: "t", bootId: "b", pid: process.pid, ...address }),
      { mode: 0o600 },
    );
  };
  const deadPid = () => spawnSync(process.execPath, ["-e", ""]).pid;

  it("can be read by its owner only, and goes when the server closes", async () => {
    const cloud = await makeCloud();
    const server = await AdminServer.start(cloud);
    assert.equal(statSync(addressFile()).mode & 0o777, 0o600);
    assert.equal(statSync(dirname(addressFile())).mode & 0o777, 0o700);
    assert.equal((JSON.parse(readFileSync(addressFile(), "utf8")) as Address).bootId, cloud.bootId);
    await server.close();
    assert.equal(await findRunning(), undefined);
    assert.throws(() => statSync(addressFile()), { code: "ENOENT" });
    await cloud.close();
  });

  it("of a cloud that died counts as none, and is replaced", async () => {
    for (const stale of [{ pid: deadPid() }, { pid: process.pid }]) {
      write(stale);
      assert.equal(await findRunning(), undefined);
      await assert.rejects(AdminClient.connect(), { name: "NotRunning", message: /npm start -- --serve/ });
      const cloud = await makeCloud();
      const server = await AdminServer.start(cloud);
      assert.equal((await findRunning())?.bootId, cloud.bootId);
      await server.close();
      await cloud.close();
    }
  });

  it("is not believed where others could have written it", async () => {
    write({});
    chmodSync(dirname(addressFile()), 0o755);
    await assert.rejects(findRunning(), { name: "UnsafeAddress" });
    chmodSync(dirname(addressFile()), 0o700);
    chmodSync(addressFile(), 0o644);
    await assert.rejects(findRunning(), { name: "UnsafeAddress" });
    rmSync(addressFile());
    symlinkSync("/etc/hostname", addressFile());
    await assert.rejects(findRunning(), { name: "UnsafeAddress" });
  });

  it("that is no JSON counts as none", async () => {
    write({});
    writeFileSync(addressFile(), "{");
    assert.equal(await findRunning(), undefined);
  });
});
