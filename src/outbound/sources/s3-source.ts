import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

/** The location of the objects of a bucket. */
export interface S3Location {
  readonly bucket: string;
  readonly prefix: string;
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly pathStyle: boolean;
}

type Signer = (path: string) => Promise<Readonly<Record<string, string>>>;

/** A bucket and its credentials. The credentials are hidden however the object is printed. */
export class S3Source {
  readonly bucket: string;
  readonly prefix: string;
  readonly region: string;
  /** Scheme and authority of all its requests. */
  readonly origin: URL;
  private readonly pathStart: string;
  readonly #credentials: S3Credentials;
  #signer: Promise<Signer> | undefined;

  constructor(location: S3Location, credentials: S3Credentials) {
    const { bucket, prefix, region, endpoint, pathStyle } = location;
    this.bucket = bucket;
    this.prefix = prefix;
    this.region = region;
    const base = new URL(
      endpoint ?? `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`,
    );
    this.origin = pathStyle ? base : new URL(`${base.protocol}//${bucket}.${base.host}`);
    this.pathStart = pathStyle ? `/${bucket}/` : '/';
    this.#credentials = credentials;
  }

  /**
   * The request path of an object. Each byte of the key is percent-encoded except `/` and unreserved
   * characters, as S3 signs it.
   */
  toPath(key: string): string {
    return (
      this.pathStart +
      encodeURIComponent(key)
        .replace(/[!'()*]/g, toPercent)
        .replaceAll('%2F', '/')
    );
  }

  /**
   * Returns the headers that sign a GET of a path with Signature Version 4: names in lower case and values,
   * alternating.
   */
  async sign(path: string): Promise<readonly string[]> {
    this.#signer ??= createSigner(this, this.#credentials);
    const headers = await (await this.#signer)(path);
    return Object.entries(headers)
      .filter(([name]) => name !== 'host')
      .flat();
  }
}

function toPercent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** Loads the library when the first request is signed, because most installations sign none. */
async function createSigner({ region, origin }: S3Source, credentials: S3Credentials): Promise<Signer> {
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const signer = new SignatureV4({
    service: 's3',
    region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    sha256: Sha256,
    // S3 signs the path as it is sent, dots and double slashes included.
    uriEscapePath: false,
    applyChecksum: true,
  });
  const { protocol, hostname, host } = origin;
  return async (path) => {
    const request = { method: 'GET', protocol, hostname, path, headers: { host }, query: {} };
    const { headers } = await signer.sign(request);
    return headers;
  };
}

/** SHA-256, or HMAC with SHA-256, with the interface that the library requires. */
class Sha256 {
  private readonly hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', toBytes(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(toBytes(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  reset(): void {
    throw new Error('a hash is used once');
  }
}

function toBytes(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
}
