// data-confirm="a sentence" on a form or a submit button asks in a <dialog> before anything is sent.
import { text } from './text.js';

export function confirmations(root) {
  root.addEventListener('submit', (event) => {
    const { target: form, submitter } = event;
    const question = submitter?.dataset.confirm ?? form.dataset.confirm;
    if (!question || form.dataset.confirmed === question) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(question, submitter, submitter?.dataset.confirmLabel ?? form.dataset.confirmLabel).then((agreed) => {
      if (!agreed) return;
      form.dataset.confirmed = question;
      form.requestSubmit(submitter?.form === form ? submitter : undefined);
      delete form.dataset.confirmed;
    });
  }, { capture: true });
}

function ask(question, submitter, label) {
  const dialog = document.createElement('dialog');
  dialog.className = 'confirm-dialog';
  const sentence = document.createElement('p');
  sentence.textContent = question;
  const actions = document.createElement('form');
  actions.method = 'dialog';
  actions.className = 'confirm-actions';
  const agree = button(label ?? text.confirm, 'agree', submitter?.classList.contains('btn-danger') ? 'btn-danger' : 'btn-primary');
  actions.append(button(text.cancel, 'cancel', 'btn-outline-secondary'), agree);
  dialog.append(sentence, actions);
  document.body.append(dialog);
  dialog.showModal();
  agree.focus();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'agree');
    });
  });
}

function button(label, value, style) {
  const element = document.createElement('button');
  element.className = `btn ${style}`;
  element.value = value;
  element.textContent = label;
  return element;
}
