import type { DeliveryView, EventView, Overview, PlaceView } from '../../inbox/view.ts';
import { type Address, linkHere } from '../address.ts';
import { kindName } from '../kinds/registry.tsx';
import { StateWords } from './delivery-state.tsx';
import { PlaceWords } from './place-words.tsx';

type Props = {
  readonly event: EventView;
  readonly places: readonly PlaceView[];
  readonly address: Address;
  readonly overview: Overview;
};

/** Who was to hear of it, and did they? */
export function Deliveries({ event: { deliveries, plan }, places, address, overview }: Props) {
  const kindOf = (name: string) => overview.destinations.find((destination) => destination.name === name)?.kind;
  return (
    <section class="deliveries" aria-labelledby="deliveries-heading">
      <h3 id="deliveries-heading">Deliveries</h3>
      {deliveries.length === 0 && (
        <p class="quiet">
          {plan
            ? 'No route took it to a destination, so nobody was told.'
            : 'No destination is for notices, so nobody was told.'}
        </p>
      )}
      <ul>
        {deliveries.map((delivery) => (
          <Delivery
            key={`${delivery.destination} ${delivery.id}`}
            delivery={delivery}
            kind={kindOf(delivery.destination)}
            place={places.find(({ destination }) => destination === delivery.destination)}
            address={address}
          />
        ))}
      </ul>
    </section>
  );
}

type DeliveryProps = {
  readonly delivery: DeliveryView;
  readonly kind: string | undefined;
  readonly place: PlaceView | undefined;
  readonly address: Address;
};

const Delivery = ({ delivery: { destination, digest, id, state }, kind, place, address }: DeliveryProps) => (
  <li class={state.kind}>
    <span>
      <b>{destination}</b>{' '}
      <span class="quiet">{kind === undefined ? 'not in the configuration any more' : kindName(kind)}</span>
    </span>
    <span>
      <StateWords state={state} shownHere={kind === 'inbox'} />
      {digest !== undefined && (
        <>
          {' '}
          <a href={linkHere(address, { event: id })}>In a digest of {digest}</a>
        </>
      )}
      {place && <PlaceWords place={place} kind={kind} address={address} />}
    </span>
  </li>
);
