// <form data-autosave-url="…"> posts itself a few seconds after the last change and says so in its
// [data-autosave-status]. An answer {"version": n} goes into the form's hidden field `version`.
import { text } from './text.js';

const QUIET = 3000; // ms after the last key
const RETRY = 15000; // ms after a failure

const known = new WeakSet(); // attributes would not survive a morph

export function autosave(root) {
  for (const form of root.querySelectorAll('form[data-autosave-url]')) {
    if (known.has(form)) continue;
    known.add(form);
    new Autosave(form);
  }
}

class Autosave {
  constructor(form) {
    this.form = form;
    this.status = form.querySelector('[data-autosave-status]') ?? this.addStatus();
    this.timer = null;
    this.saving = null; // what stops the request on its way
    form.addEventListener('input', () => this.later(QUIET));
    form.addEventListener('change', () => this.later(QUIET));
    form.addEventListener('submit', () => this.giveWay());
    document.addEventListener('visibilitychange', () => {
      if (document.hidden && this.timer) this.save();
    });
  }

  addStatus() {
    const status = document.createElement('p');
    status.className = 'form-hint autosave-status';
    this.form.append(status);
    return status;
  }

  later(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = null;
  }

  // What is sent for good must not meet its own draft.
  giveWay() {
    this.stop();
    this.saving?.abort();
  }

  async save() {
    if (this.saving) return this.later(QUIET);
    this.stop();
    this.saving = new AbortController();
    const { signal } = this.saving;
    this.say(text.saving, 'saving');
    try {
      const answer = await fetch(this.form.dataset.autosaveUrl, { method: 'POST', body: draftOf(this.form), headers: { Accept: 'application/json' }, signal });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      await this.takeVersion(answer);
      this.say(text.saved(new Date().toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Shanghai' })), 'saved');
    } catch {
      if (signal.aborted) return;
      this.say(text.notSaved, 'failed');
      this.later(RETRY);
    } finally {
      this.saving = null;
    }
  }

  async takeVersion(answer) {
    if (!answer.headers.get('Content-Type')?.startsWith('application/json')) return;
    const { version } = await answer.json();
    const field = this.form.elements.namedItem('version');
    if (version !== undefined && field) field.value = version;
  }

  say(sentence, state) {
    this.status.setAttribute('role', 'status');
    this.status.dataset.state = state;
    this.status.textContent = sentence;
  }
}

// Files are uploaded when the form is sent, not with every draft.
function draftOf(form) {
  const data = new FormData(form);
  for (const [name, value] of [...data.entries()]) if (value instanceof File) data.delete(name);
  return data;
}
