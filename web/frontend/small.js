// Small conveniences, each one attribute:
//   <select data-submit-on-change>             filters apply without a button
//   <button data-phrase="同意" data-phrase-for="opinion">   puts a phrase into a field
//   <button data-print>                        prints the page
//   <details data-close-outside>               a menu that closes when one clicks elsewhere
//   <ul class="tab-bar">                       the tab of the page is scrolled into sight
export function small(root) {
  on(root, '[data-submit-on-change]', 'change', (field) => field.form.requestSubmit());
  on(root, '[data-print]', 'click', () => window.print());
  on(root, '[data-phrase]', 'click', (button) => {
    const field = document.getElementById(button.dataset.phraseFor);
    if (!field) return;
    field.setRangeText(button.dataset.phrase, field.selectionStart, field.selectionEnd, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.focus();
  });
  for (const tab of root.querySelectorAll('.tab-bar [aria-current]')) {
    const bar = tab.closest('.tab-bar');
    bar.scrollLeft = tab.offsetLeft - bar.offsetLeft - (bar.clientWidth - tab.offsetWidth) / 2;
  }
  for (const menu of root.querySelectorAll('details[data-close-outside]')) {
    if (listening.has(menu)) continue;
    listening.add(menu);
    document.addEventListener('click', ({ target }) => {
      if (!menu.contains(target)) menu.open = false;
    });
    menu.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') menu.open = false;
    });
  }
}

const listening = new WeakSet(); // attributes would not survive a morph

function on(root, selector, event, act) {
  for (const element of root.querySelectorAll(selector)) {
    if (listening.has(element)) continue;
    listening.add(element);
    element.addEventListener(event, () => act(element));
  }
}
