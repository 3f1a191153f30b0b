import { against, type Figure, interleave, type Part } from './figure.ts';
import { type Cost, changed, createScene, invoke, measure, replayOf, samplePlans } from './scene.ts';

const plansListed = 1_000;

/** A look that finds so many changes, of 1,000 plans: against the very requests that it makes, bare, one after another. */
export const busy: Part = async (effort) => {
  const figures: Figure[] = [];
  const plans = samplePlans(plansListed);
  for (const changes of [1, 10, 1_000]) {
    const scene = await createScene({ plans });
    const [poll, floor] = [await scene.launch('poll'), await scene.launchModule('replay')];
    let turn = 0;
    const look = async () => {
      scene.list.show(changed(plans, changes, turn++));
      return measure(poll, () => invoke(poll, {}));
    };
    await invoke(poll, {});
    for (let warm = 0; warm < 8; warm++) await look();
    scene.takeSeen();
    await look();
    const seen = scene.takeSeen();
    const requests = replayOf(seen, scene, { parse: true });
    const again = () => measure(floor, () => invoke(floor, { requests, client: 'bare' }));
    for (let warm = 0; warm < 4; warm++) await again();
    const measured = await interleave(effort === 'full' ? 15 : 6, { look, floor: again });
    await scene.close();
    const one = (what: string, of: keyof Cost, unit: string): Figure =>
      against(
        { part: 'busy', figure: `${changes.toLocaleString('en')} of 1,000 plans changed: ${what}`, unit },
        measured.map((round) => round.look[of]),
        measured.map((round) => round.floor[of]),
      );
    figures.push(one('CPU', 'cpu', 'ms CPU'), one('time', 'wall', 'ms'), {
      part: 'busy',
      figure: `${changes.toLocaleString('en')} of 1,000 plans changed: requests`,
      value: seen.length,
      unit: '',
    });
  }
  return figures;
};
