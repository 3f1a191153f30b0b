import { addressFault } from './fault.ts';

/** What a template may name, and what stands there. */
type Linked = {
  readonly region: string;
  readonly projectId: string;
  readonly planId: string;
  readonly source: string;
};

/** The fragment of one task's page is documented nowhere, so the link goes to the service in the right region. */
const toService = 'https://console.huaweicloud.com/servicestage/?region={region}';

const sample: Linked = { region: 'r', projectId: 'p', planId: 'i', source: 's' };

const placeholder = /\{([^{}]*)\}/g;

/** undefined where the template makes an https address. */
export function consoleUrlFault(template: string): string | undefined {
  const strange = [...template.matchAll(placeholder)].some(([, name = '']) => !Object.hasOwn(sample, name));
  if (strange)
    return `holds a placeholder that is none: there are ${Object.keys(sample)
      .map((name) => `{${name}}`)
      .join(', ')}`;
  const link = filled(template, sample);
  const fault = addressFault(link);
  if (fault !== undefined) return fault;
  if (!link.startsWith('https://')) return 'is not an https address: write https://host/path';
  // Whoever names a plan must not choose where people are sent; a region is checked, and partner clouds have it there.
  const elsewhere = filled(template, { ...sample, projectId: 'x', planId: 'x', source: 'x' });
  const stays = new URL(elsewhere).host === new URL(link).host;
  return stays ? undefined : 'has a placeholder in its host: there only {region} may stand';
}

/** `planId` absent: several plans, so a template for one plan's page does not fit. */
export function consoleLink(
  linked: Omit<Linked, 'planId'> & { readonly planId?: string },
  template = toService,
): string {
  const { planId = '' } = linked;
  const fits = planId !== '' || !template.includes('{planId}');
  return filled(fits ? template : toService, { ...linked, planId });
}

const filled = (template: string, values: Linked): string =>
  template.replace(placeholder, (whole, name: string) =>
    Object.hasOwn(values, name) ? encodeURIComponent(values[name as keyof Linked].toWellFormed()) : whole,
  );
