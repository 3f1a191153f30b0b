import { useEffect, useState } from 'preact/hooks';

const key = 'planwatch-theme';
const themes = ['auto', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];

/** A browser that keeps nothing for us throws. */
function kept(): Theme {
  try {
    const theme = localStorage.getItem(key);
    return themes.find((one) => one === theme) ?? 'auto';
  } catch {
    return 'auto';
  }
}

export function ThemeSwitch() {
  const [theme, choose] = useState(kept());
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
    try {
      localStorage.setItem(key, theme);
    } catch {
      // It holds until the page is closed.
    }
  }, [theme]);
  return (
    <select
      class="theme"
      aria-label="Colours"
      value={theme}
      onChange={({ currentTarget }) => choose(currentTarget.value as Theme)}
    >
      <option value="auto">Auto</option>
      <option value="light">Light</option>
      <option value="dark">Dark</option>
    </select>
  );
}
