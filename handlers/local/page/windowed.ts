/** Which rows of a long list are worth drawing: those in sight, and some before and after for a quick scroll. */
type Slice = { readonly from: number; readonly to: number };

const spare = 8;

export function sliceOf(count: number, rowHeight: number, scrollTop: number, height: number): Slice {
  const first = Math.floor(Math.max(0, scrollTop) / rowHeight);
  const inSight = Math.ceil(height / rowHeight) + 1;
  const from = Math.max(0, Math.min(first - spare, count - inSight - spare));
  return { from, to: Math.min(count, first + inSight + spare) };
}
