// A text field with maxlength (or data-maxlength, which only counts) shows how much of it is used.
import { text } from './text.js';

const known = new WeakMap(); // field: what shows its count (attributes would not survive a morph)

export function counters(root) {
  for (const field of root.querySelectorAll('textarea[maxlength], [data-maxlength]')) {
    if (!known.has(field)) {
      known.set(field, newCounter());
      field.addEventListener('input', () => show(field));
    }
    if (!known.get(field).isConnected) field.insertAdjacentElement('afterend', known.get(field));
    show(field);
  }
}

function newCounter() {
  const counter = document.createElement('small');
  counter.className = 'form-hint character-counter';
  counter.setAttribute('aria-hidden', 'true');
  return counter;
}

function show(field) {
  const counter = known.get(field);
  const limit = Number(field.dataset.maxlength ?? field.maxLength);
  const used = [...field.value].length; // code points, as the server counts
  counter.textContent = text.counter(used, limit);
  counter.classList.toggle('is-over', used > limit);
}
