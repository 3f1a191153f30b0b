import { useEffect, useState } from 'preact/hooks';
import type { Preview } from '../../inbox/view.ts';

type PreviewState = { readonly preview?: Preview; readonly fault?: string };

type Wanted = { readonly id: string; readonly language: string; readonly style: string };

/**
 * The last one stays until the next is there, so that nothing flickers while somebody walks through the list. What could
 * not be read is read once the server is back (`live`), and what changes with its plan whenever there is `news`.
 */
export function usePreview({ id, language, style }: Wanted, live: boolean, news: number): PreviewState {
  const [state, setState] = useState<PreviewState>({});
  const changes = state.preview?.places.length || state.preview?.renderings.some(({ posts }) => posts !== undefined);
  useEffect(() => {
    if (!live && state.preview?.id === id) return;
    const stop = new AbortController();
    read({ id, language, style }, stop.signal).then(setState, (error: Error) => {
      if (!stop.signal.aborted) setState({ fault: `It cannot be read: ${error.message}` });
    });
    return () => stop.abort();
  }, [id, language, style, live, changes && news]);
  return state;
}

async function read(wanted: Wanted, signal: AbortSignal): Promise<PreviewState> {
  const answer = await fetch(`/api/preview?${new URLSearchParams(wanted)}`, { signal });
  const body = await answer.json();
  return answer.ok ? { preview: body } : { fault: String(body.error) };
}
