// A text field with maxlength (or data-maxlength, which only counts) shows how much of it is used.
import { text } from './text.js';

export function counters(root) {
  for (const field of root.querySelectorAll('textarea[maxlength], [data-maxlength]')) {
    if (field.dataset.counted !== undefined) continue;
    field.dataset.counted = '';
    const limit = Number(field.dataset.maxlength ?? field.maxLength);
    const counter = document.createElement('small');
    counter.className = 'form-hint character-counter';
    counter.setAttribute('aria-hidden', 'true');
    field.insertAdjacentElement('afterend', counter);
    const show = () => {
      const used = [...field.value].length; // code points, as the server counts
      counter.textContent = text.counter(used, limit);
      counter.classList.toggle('is-over', used > limit);
    };
    field.addEventListener('input', show);
    show();
  }
}
