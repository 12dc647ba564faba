import './mantine.css';
import './tokens.css';
import './base.css';
import './nonce.js';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';

const root = document.querySelector('#root');
if (root === null) throw new Error('The page has no element for the console.');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
