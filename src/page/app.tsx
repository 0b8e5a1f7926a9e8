/** The page of `serve`. */
import { render } from 'preact';
import { ChoiceProvider } from './app/choice.tsx';
import { LiveProvider } from './app/live.tsx';
import { NavigationProvider } from './app/navigation.tsx';
import { Shell } from './app/shell.tsx';
import './style.css';
import './app.css';

render(
  <NavigationProvider>
    <LiveProvider>
      <ChoiceProvider>
        <Shell />
      </ChoiceProvider>
    </LiveProvider>
  </NavigationProvider>,
  document.body,
);
