/** Takes the code that is published to Azure, in the place of every function app's deployment endpoint. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class ScmServer {
  /** Paths of the requests so far. */
  readonly requests: string[] = [];

  private constructor(
    private readonly server: Server,
    private readonly folder: string,
  ) {}

  static async start(): Promise<ScmServer> {
    const folder = mkdtempSync(join(tmpdir(), "scm-"));
    const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
        "-keyout",
        key,
        "-out",
        certificate,
      ],
      { stdio: "ignore" },
    );
    const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) });
    const scm = new ScmServer(server, folder);
    server.on("request", (request, response) => {
      scm.requests.push(`${request.method} ${request.url}`);
      request.resume().on("end", () => {
        const published = request.method === "POST";
        response.writeHead(published ? 202 : 200, { "content-type": "application/json" });
        // Kudu's states: 4 is success.
        response.end(JSON.stringify(published ? "deployment-1" : { id: "deployment-1", status: 4, complete: true }));
      });
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return scm;
  }

  /** For the CLI: where the stand-in says that code goes, and whom to trust there. */
  get environment(): NodeJS.ProcessEnv {
    return {
      SB_STANDIN_SCM: `localhost:${(this.server.address() as AddressInfo).port}`,
      NODE_EXTRA_CA_CERTS: join(this.folder, "certificate.pem"),
    };
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
    rmSync(this.folder, { recursive: true });
  }
}
