/** What shared keys look like in a connection string. */
export const keyInSetting = /(^|;)\s*(AccountKey|SharedAccessKey|SharedAccessSignature|AccessKey)\s*=/i;
