// <div data-picker>: a long list of check boxes. What is ticked moves up to [data-picker-chosen], in the order of ticking;
// [data-picker-search] narrows the list. Without scripts it is a plain list of check boxes.
export function pickers(root) {
  for (const picker of root.querySelectorAll('[data-picker]:not([data-picker-on])')) {
    picker.dataset.pickerOn = '';
    new Picker(picker);
  }
}

class Picker {
  constructor(picker) {
    this.chosen = picker.querySelector('[data-picker-chosen]');
    this.list = picker.querySelector('[data-picker-list]');
    this.homes = new Map();
    for (const option of this.list.querySelectorAll('[data-picker-option]')) this.homes.set(option, option.parentElement);
    picker.addEventListener('change', ({ target }) => this.changed(target));
    this.search = picker.querySelector('[data-picker-search]');
    this.search.hidden = false;
    this.search.addEventListener('input', () => this.narrow());
    this.search.addEventListener('keydown', (event) => this.pickFirst(event));
  }

  changed(box) {
    const option = box.closest('[data-picker-option]');
    if (!option) return;
    if (box.checked) this.chosen.append(option);
    else (this.homes.get(option) ?? this.list).prepend(option);
    this.narrow();
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
    this.narrow();
  }
}
