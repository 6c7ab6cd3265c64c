// Every page loads this. Each module improves what already works without it.
import htmx from 'htmx.org';
import './app.css';
import { counters } from './counters.js';
import { autosave } from './autosave.js';
import { confirmations } from './confirm.js';
import { dynamicLists } from './dynamic-list.js';
import { onlyOnce } from './only-once.js';
import { pickers } from './picker.js';
import { fetchBetweenPresses, presses } from './presses.js';
import { small } from './small.js';

const enhancements = [counters, autosave, dynamicLists, pickers, small];

function enhance(root) {
  for (const enhancement of enhancements) enhancement(root);
}

// A refusal (the log-in has ended, the server is busy) takes the place of nothing that people have typed.
htmx.config.noSwap.push('4xx', '5xx');

// htmx posts carry the CSRF token of the page, as forms do, and their answers take no button away.
document.addEventListener('htmx:config:request', ({ detail }) => {
  const token = document.querySelector('meta[name="csrf-token"]');
  if (token) detail.ctx.request.headers['X-CSRFToken'] = token.content;
  detail.ctx.fetch = fetchBetweenPresses;
});
// The event's target may be the element that asked, not the one that changed; enhancing twice does no harm.
document.addEventListener('htmx:after:swap', () => enhance(document));

confirmations(document);
onlyOnce(document);
presses(document);
enhance(document);
