import assert from "node:assert/strict";
import type * as Queue from "../../runtime/aws/queue";
import type * as Secret from "../../runtime/aws/secret";
import type * as Table from "../../runtime/aws/table";
import { NotGranted } from "../../runtime/clients";
import { AWS_ENVIRONMENT, fakeServer, fresh, withEnvironment } from "./support";

describe("AWS clients", () => {
  it("report a refused call as not granted, without naming roles", async () => {
    const server = await fakeServer(() => ({
      status: 400,
      json: { __type: "AccessDeniedException", message: "arn:aws:iam::1:role/x" },
    }));
    try {
      await withEnvironment({ ...AWS_ENVIRONMENT, AWS_ENDPOINT_URL: server.url }, async () => {
        const { reader } = fresh<typeof Table>("aws/table");
        await assert.rejects(
          reader({ table: "t", key: "id" }).get("a"),
          (error: Error) => error instanceof NotGranted && !error.message.includes("arn:"),
        );
      });
    } finally {
      await server.close();
    }
  });

  it("report other errors by the service's name for them, without its text", async () => {
    const answer = {
      status: 400,
      json: { __type: "com.amazon.coral#ValidationException", message: "value MARKER is wrong" },
    };
    const server = await fakeServer(() => answer);
    try {
      await withEnvironment({ ...AWS_ENVIRONMENT, AWS_ENDPOINT_URL: server.url }, async () => {
        const { reader } = fresh<typeof Table>("aws/table");
        await assert.rejects(reader({ table: "t", key: "id" }).get("a"), {
          name: "ValidationException",
          message: "AWS answered with status 400",
        });
      });
    } finally {
      await server.close();
    }
  });

  it("refuse a configuration that names no place", () => {
    assert.throws(() => fresh<typeof Table>("aws/table").reader({ key: "id" }), /configuration.table must be a text/);
    assert.throws(
      () => fresh<typeof Queue>("aws/queue").sender({ url: "x" }),
      /configuration.maxMessageBytes must be a number/,
    );
    assert.throws(() => fresh<typeof Secret>("aws/secret").reader({}), /configuration.arn must be a text/);
  });
});
