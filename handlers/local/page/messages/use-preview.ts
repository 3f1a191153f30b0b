import { useEffect, useState } from 'preact/hooks';
import type { Preview } from '../../inbox/view.ts';

type PreviewState = { readonly preview?: Preview; readonly fault?: string };

/**
 * The last one stays until the next is there, so that nothing flickers while somebody walks through the list. What could
 * not be read is read once the server is back (`live`).
 */
export function usePreview(id: string, language: string, live: boolean): PreviewState {
  const [state, setState] = useState<PreviewState>({});
  useEffect(() => {
    if (!live && state.preview?.id === id) return;
    const stop = new AbortController();
    read(id, language, stop.signal).then(setState, (error: Error) => {
      if (!stop.signal.aborted) setState({ fault: `It cannot be read: ${error.message}` });
    });
    return () => stop.abort();
  }, [id, language, live]);
  return state;
}

async function read(id: string, language: string, signal: AbortSignal): Promise<PreviewState> {
  const answer = await fetch(`/api/preview?${new URLSearchParams({ id, language })}`, { signal });
  const body = await answer.json();
  return answer.ok ? { preview: body } : { fault: String(body.error) };
}
