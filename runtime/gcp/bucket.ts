/** Objects of a Cloud Storage bucket over its JSON interface. https://cloud.google.com/storage/docs/json_api/v1 */
export interface GcpBucketConfig {
  readonly bucket: string;
}
