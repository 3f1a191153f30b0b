/** What signs a request to AWS; `sessionToken` for temporary keys, which a function's always are. */
export type AwsCredentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
};
