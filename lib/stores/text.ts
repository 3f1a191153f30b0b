import { NotTextError, StoreError } from '../core/store-error.ts';

/** What every store holds its callers to, so that a mistake shows on a laptop and not first on S3. */

const segment = /^[A-Za-z0-9._-]+$/;
/** A prefix may end in the middle of a segment. */
const opening = /^[A-Za-z0-9._-]*$/;

export const isSegment = (name: string): boolean => segment.test(name) && name !== '.' && name !== '..';

export const isKey = (key: string): boolean => key.split('/').every(isSegment);

/** Throws StoreError. */
export function checkKey(call: string, key: string): void {
  if (isKey(key)) return;
  throw new StoreError(
    call,
    key,
    'this is not a key: use segments of A-Z a-z 0-9 . _ - (not . or ..) with / between them',
  );
}

/** Throws StoreError. */
export function checkPrefix(prefix: string): void {
  const segments = prefix.split('/');
  if (opening.test(segments.pop() ?? '') && segments.every(isSegment)) return;
  throw new StoreError('list', prefix, 'this is not the beginning of a key (A-Z a-z 0-9 . _ - and / between segments)');
}

/** A lone surrogate has no UTF-8: it would come back as another character, and a create would then deny its own write. Throws StoreError. */
export function checkBody(call: string, key: string, body: string): void {
  if (!body.isWellFormed())
    throw new StoreError(call, key, 'the text holds half a character (a lone surrogate): write it as JSON');
}

// `fatal`, so that damaged bytes are never taken for text; `ignoreBOM` keeps a leading U+FEFF, which is text too.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Throws NotTextError. */
export function decodeText(call: string, key: string, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new NotTextError(call, key, bytes);
  }
}
