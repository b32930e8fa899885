/** What every call of Azure Storage's REST interfaces carries. */
import { token } from "./token";

/** Blobs and queues alike. https://learn.microsoft.com/rest/api/storageservices/versioning-for-the-azure-storage-services */
const VERSION = "2024-11-04";

export async function storageHeaders(): Promise<Readonly<Record<string, string>>> {
  return {
    authorization: `Bearer ${await token("https://storage.azure.com")}`,
    "x-ms-version": VERSION,
    "x-ms-date": new Date().toUTCString(),
  };
}
