/** A state that the keyboard can come to: in which row of the chart, and where it begins (a share of its width). */
export type Stop = { readonly id: string; readonly row: number; readonly left: number };

/** Where an arrow key leads: along a plan's states, or to the state of the next plan that begins nearest. */
export function nextStop(stops: readonly Stop[], from: Stop, key: string): Stop | undefined {
  const inRow = stops.filter(({ row }) => row === from.row);
  const at = inRow.findIndex(({ id }) => id === from.id);
  switch (key) {
    case 'ArrowRight':
      return inRow[at + 1];
    case 'ArrowLeft':
      return inRow[at - 1];
    case 'Home':
      return inRow[0];
    case 'End':
      return inRow.at(-1);
    case 'ArrowDown':
      return nearest(
        stops.filter(({ row }) => row === Math.min(...stops.map((one) => one.row).filter((one) => one > from.row))),
        from.left,
      );
    case 'ArrowUp':
      return nearest(
        stops.filter(({ row }) => row === Math.max(...stops.map((one) => one.row).filter((one) => one < from.row))),
        from.left,
      );
    default:
      return undefined;
  }
}

const nearest = (stops: readonly Stop[], left: number): Stop | undefined =>
  stops.toSorted((a, b) => Math.abs(a.left - left) - Math.abs(b.left - left))[0];
