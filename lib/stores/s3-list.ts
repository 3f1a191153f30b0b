/** One page of ListObjectsV2; undefined where the text is not a whole one. */
type S3Page = { readonly keys: readonly string[]; readonly next?: string };

/**
 * A parser would be half the bundle, and the format is fixed: `<Key>` stands only in `<Contents>`, and text is always
 * escaped, so no `<` can hide in it. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function parseS3Page(xml: string): S3Page | undefined {
  const truncated = /<IsTruncated>(true|false)<\/IsTruncated>/.exec(xml)?.[1];
  if (truncated === undefined || !xml.trimEnd().endsWith('</ListBucketResult>')) return undefined;
  const keys = Array.from(xml.matchAll(/<Key>([^<]*)<\/Key>/g), (match) => unescapeXml(match[1] ?? ''));
  if (truncated === 'false') return { keys };
  const next = /<NextContinuationToken>([^<]+)<\/NextContinuationToken>/.exec(xml)?.[1];
  return next === undefined ? undefined : { keys, next: unescapeXml(next) };
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]+));/gi, (whole, hex, decimal, name) => {
    if (name) return named[name] ?? whole;
    const point = hex ? Number.parseInt(hex, 16) : Number(decimal);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}
