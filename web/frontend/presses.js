// What the server answers is drawn when no button is held down: drawn in between, it may move the button from under
// the pointer, and for a press that ends elsewhere the browser sends no click.
const REACTS = 'button, a[href], label, summary'; // to a click; a list takes the end of its press for itself
const CLICK = 50; // ms at most from a lifted finger to its click

let lifted = Promise.resolve();
let lift = () => {};

export function presses(root) {
  root.addEventListener('pointerdown', ({ target }) => {
    if (!target.closest?.(REACTS)) return;
    lift();
    lifted = new Promise((resolve) => { lift = resolve; });
  }, { capture: true });
  for (const end of ['pointerup', 'pointercancel']) root.addEventListener(end, later, { capture: true });
  window.addEventListener('blur', later);
}

function later() {
  setTimeout(lift, CLICK);
}

// As fetch; the answer is kept back while something is pressed.
export async function fetchBetweenPresses(...request) {
  const answer = await fetch(...request);
  await lifted;
  return answer;
}
