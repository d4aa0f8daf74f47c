/** What surrounds a request beside its caller and its input: where it comes from, and through whom. */

/**
 * Each member becomes the condition keys of its name (condition-keys.ts); an absent one leaves them out of the request.
 * Over HTTP the connection and the credentials say; in process whoever opens a door does (`kms.as`).
 */
export interface Circumstances {
  /** The Region that the request is for. */
  readonly region?: string;
  /** An IPv4 or IPv6 address. */
  readonly sourceIp?: string | undefined;
  /** Whether the request came over TLS. */
  readonly secureTransport?: boolean | undefined;
  readonly userAgent?: string | undefined;
  /** The unique identifier of the caller, such as `AROA…:session`. */
  readonly userId?: string;
  /** When the temporary credentials were issued, in milliseconds since the epoch. */
  readonly tokenIssueTime?: number;
  /** Tags of the caller or its session. */
  readonly principalTags?: Readonly<Record<string, string>>;
  /** The AWS service that sends the request for the caller, with its region, such as `s3.us-east-1.amazonaws.com`. */
  readonly viaService?: string;
  /** The resource for which a service sends the request. */
  readonly sourceArn?: string;
  /** Any other condition keys, such as `aws:PrincipalOrgID`. */
  readonly conditions?: Readonly<Record<string, string | readonly string[]>>;
}
