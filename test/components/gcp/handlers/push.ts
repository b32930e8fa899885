import type { HttpRequest, HttpResponse } from "../../../../runtime";

export async function handler(_request: HttpRequest): Promise<HttpResponse> {
  return { status: 200, body: { ok: true } };
}
