// <div data-picker>: a long list of check boxes. What is ticked moves up to [data-picker-chosen], in the order of ticking;
// [data-picker-search] narrows the list. Without scripts it is a plain list of check boxes.
// [data-picker-search=asks]: htmx draws [data-picker-list] anew with what the server finds; its button [data-picker-find]
// is for browsers without scripts.
const known = new WeakMap(); // attributes would not survive a morph

export function pickers(root) {
  for (const picker of root.querySelectorAll('[data-picker]')) {
    if (!known.has(picker)) known.set(picker, new Picker(picker));
    known.get(picker).refresh(); // its options may have been drawn again
  }
}

class Picker {
  constructor(picker) {
    this.picker = picker;
    this.homes = new WeakMap();
    picker.addEventListener('change', ({ target }) => this.changed(target));
    picker.addEventListener('input', ({ target }) => target === this.search && this.narrow());
    picker.addEventListener('keydown', (event) => event.target === this.search && this.pickFirst(event));
  }

  get chosen() {
    return this.picker.querySelector('[data-picker-chosen]');
  }

  get list() {
    return this.picker.querySelector('[data-picker-list]');
  }

  get search() {
    return this.picker.querySelector('[data-picker-search]');
  }

  refresh() {
    this.search.hidden = false;
    this.picker.querySelector('[data-picker-find]')?.setAttribute('hidden', '');
    const taken = new Set([...this.chosen.querySelectorAll('input')].map((box) => box.value));
    for (const box of this.list.querySelectorAll('input')) {
      if (taken.has(box.value)) box.closest('[data-picker-option]').remove(); // ticked before the answer came
    }
    for (const option of this.list.querySelectorAll('[data-picker-option]')) this.homes.set(option, option.parentElement);
  }

  changed(box) {
    const option = box.closest('[data-picker-option]');
    if (!option) return;
    if (box.checked) this.chosen.append(option);
    else this.homeOf(option).prepend(option);
    if (this.search.dataset.pickerSearch !== 'asks') this.narrow();
  }

  homeOf(option) {
    const home = this.homes.get(option);
    return home?.isConnected ? home : this.list;
  }

  narrow() {
    const wanted = this.search.value.trim().toLowerCase();
    for (const option of this.list.querySelectorAll('[data-picker-option]')) {
      const heading = option.closest('[data-picker-group]')?.querySelector('.picker-heading')?.textContent ?? '';
      option.hidden = wanted !== '' && !`${heading} ${option.textContent}`.toLowerCase().includes(wanted);
    }
  }

  // Enter ticks the only match instead of sending the form.
  pickFirst(event) {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    const found = [...this.list.querySelectorAll('[data-picker-option]:not([hidden])')];
    if (found.length !== 1) return;
    found[0].querySelector('input').click();
    this.search.value = '';
    this.search.dispatchEvent(new Event('input', { bubbles: true }));
  }
}
