import type { Context, HttpRequest, HttpResponse, TableReader } from "../../../runtime";
import type { Medium } from "../contracts";

/** Answers what is known of the file `incoming/<name>`. */
export async function handler(
  request: HttpRequest<"name">,
  ctx: Context<{ media: TableReader<Medium> }>,
): Promise<HttpResponse> {
  const medium = await ctx.uses.media.get(`incoming/${request.params.name}`);
  return medium?.status === "present"
    ? { status: 200, body: medium }
    : { status: 404, body: { title: "no such file", status: 404 } };
}
