type Props = { readonly payload: unknown; readonly open?: boolean };

/** The body as it goes over the wire, with line breaks for people. */
export const JsonBody = ({ payload, open = false }: Props) => (
  <details open={open} class="json">
    <summary>JSON body, {new Blob([JSON.stringify(payload)]).size.toLocaleString()} bytes</summary>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, so the keyboard must get into it */}
    <pre tabIndex={0}>{JSON.stringify(payload, null, 2)}</pre>
  </details>
);
