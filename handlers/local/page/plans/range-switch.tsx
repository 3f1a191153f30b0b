import { type Address, go, linkHere } from '../address.ts';
import { type Range, ranges } from './time-axis.ts';

type Props = { readonly address: Address; readonly asked: string; readonly fitting: Range };

export const RangeSwitch = ({ address, asked, fitting }: Props) => (
  <label class="range">
    <span>The last</span>{' '}
    <select value={asked} onChange={({ currentTarget }) => go(linkHere(address, { range: currentTarget.value }))}>
      <option value="">{ranges[fitting].name} (fits)</option>
      {Object.entries(ranges).map(([id, { name }]) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  </label>
);
