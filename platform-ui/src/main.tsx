import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { createApp } from './app/create-app.ts';

createRoot(document.getElementById('root')!).render(<App {...createApp(window)} />);
