import { type Address, go, linkHere } from '../address.ts';

type Props<Value extends string> = {
  readonly legend: string;
  readonly options: readonly { readonly id: Value; readonly name: string; readonly lang?: string }[];
  readonly chosen: string;
  /** The name of the value in the address. */
  readonly as: string;
  readonly address: Address;
};

/** A few ways to see the same, of which one is chosen. */
export const Choice = <Value extends string>({ legend, options, chosen, as, address }: Props<Value>) => (
  <fieldset class="choice">
    <legend class="unseen">{legend}</legend>
    {options.map(({ id, name, lang }) => (
      <button
        key={id}
        type="button"
        lang={lang}
        aria-pressed={id === chosen}
        onClick={() => go(linkHere(address, { [as]: id }), { replace: true })}
      >
        {name}
      </button>
    ))}
  </fieldset>
);
