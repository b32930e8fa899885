import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isObject, type Properties, signatureOf, signatures } from "./values";

const sha256 = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");

/** Every file below a folder, as sorted paths relative to it with `/` between the parts. */
async function filesBelow(folder: string, prefix = ""): Promise<string[]> {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true });
  const found = await Promise.all(
    entries.map((entry) => {
      const path = prefix ? `${prefix}/${entry.name}` : entry.name;
      return entry.isDirectory() ? filesBelow(folder, path) : [path];
    }),
  );
  return found.flat().sort();
}

/** One hash over the names and hashes of an archive's members, so that it says when anything inside changes. */
function hashOfMembers(members: readonly (readonly [string, string])[]): string {
  const sorted = [...members].sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256(sorted.map(([name, hash]) => `${name}\0${hash}\n`).join(""));
}

async function hashOfPath(path: string): Promise<string> {
  if (!(await stat(path)).isDirectory()) return sha256(await readFile(path));
  const files = await filesBelow(path);
  return hashOfMembers(
    await Promise.all(files.map(async (file) => [file, sha256(await readFile(join(path, file)))] as const)),
  );
}

async function hashOf(asset: Properties, root: string): Promise<string> {
  if (typeof asset.path === "string") return hashOfPath(resolve(root, asset.path));
  if (typeof asset.uri === "string") return sha256(asset.uri);
  if (typeof asset.text === "string") return sha256(asset.text);
  const members = isObject(asset.assets) ? Object.entries(asset.assets) : [];
  return hashOfMembers(members.map(([name, member]) => [name, String(isObject(member) ? member.hash : "")]));
}

/** Cheap and synchronous, since few resources carry assets. */
export function containsAssets(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(containsAssets);
  if (!isObject(value)) return false;
  const signature = signatureOf(value);
  return (
    signature === signatures.asset || signature === signatures.archive || Object.values(value).some(containsAssets)
  );
}

/**
 * The same value with a `hash` on every asset and archive, as the engine puts there when a resource is registered.
 * A file that does not exist is an error here, as it is there. Nothing is downloaded: a remote asset is known by its address.
 */
export async function withHashes(value: unknown, root: string): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((member) => withHashes(member, root)));
  if (!isObject(value)) return value;
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, member]) => [key, await withHashes(member, root)] as const),
  );
  const copy: Properties = Object.fromEntries(entries);
  const signature = signatureOf(copy);
  if (signature !== signatures.asset && signature !== signatures.archive) return copy;
  return { ...copy, hash: await hashOf(copy, root) };
}
