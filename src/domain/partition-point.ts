/**
 * How many elements at the start of a list pass a test, by binary search: every element that passes must
 * stand before every one that does not.
 */
export function partitionPoint<T>(items: ArrayLike<T>, passes: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(items[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
