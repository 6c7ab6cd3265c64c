// A list field whose rows are added and removed in the page:
//   <fieldset data-list="suggestions" data-list-min="1" data-list-max="10">
//     <div data-list-item> … name="suggestions-0-text" … <button data-list-remove></div>
//     <template data-list-row> … name="suggestions-__index__-text" … </template>
//     <button name="_add" value="suggestions" data-list-add>      (without scripts it is sent to the server)
//   </fieldset>
const NUMBERED = ['name', 'id', 'for', 'aria-describedby', 'aria-labelledby', 'value', 'aria-label'];

const known = new WeakMap(); // attributes would not survive a morph

export function dynamicLists(root) {
  for (const list of root.querySelectorAll('[data-list]')) {
    if (known.has(list)) known.get(list).refresh(); // its rows were drawn again
    else known.set(list, new DynamicList(list));
  }
}

class DynamicList {
  constructor(list) {
    this.list = list;
    this.min = Number(list.dataset.listMin ?? 0);
    this.max = Number(list.dataset.listMax ?? 100);
    list.addEventListener('click', (event) => this.clicked(event));
    this.refresh();
  }

  get template() {
    return this.list.querySelector('template[data-list-row]');
  }

  get items() {
    return [...this.list.querySelectorAll('[data-list-item]')];
  }

  clicked(event) {
    if (event.target.closest('[data-list-add]') && this.template) this.add();
    else if (event.target.closest('[data-list-remove]')) this.remove(event.target.closest('[data-list-item]'));
    else return;
    event.preventDefault();
    this.list.dispatchEvent(new Event('change', { bubbles: true }));
  }

  add() {
    if (this.items.length >= this.max) return;
    const row = this.template.content.cloneNode(true);
    for (const element of row.querySelectorAll('*')) renumber(element, /__index__/, this.items.length);
    this.template.before(row);
    this.refresh();
    this.items[this.items.length - 1].querySelector('input, textarea, select')?.focus();
  }

  remove(item) {
    if (!item || this.items.length <= this.min) return;
    item.remove();
    this.refresh();
  }

  // Rows stay numbered 0, 1, 2 …, as the server expects.
  refresh() {
    const items = this.items;
    const numbered = new RegExp(`(${this.list.dataset.list}[-_.[])\\d+`);
    items.forEach((item, index) => {
      for (const element of item.querySelectorAll('*')) renumber(element, numbered, `$1${index}`);
      const label = item.querySelector('[data-list-number]');
      if (label) label.textContent = index + 1;
    });
    for (const button of this.list.querySelectorAll('[data-list-remove]')) button.hidden = items.length <= this.min;
    for (const button of this.list.querySelectorAll('[data-list-add]')) button.hidden = items.length >= this.max;
  }
}

function renumber(element, pattern, replacement) {
  for (const attribute of NUMBERED) {
    if (attribute === 'value' && element.tagName !== 'BUTTON') continue; // never what a person typed
    const value = element.getAttribute(attribute);
    if (value && pattern.test(value)) element.setAttribute(attribute, value.replace(pattern, replacement));
  }
}
