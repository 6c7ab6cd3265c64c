// A second click while the first is on its way does nothing. The server would take it as the same click anyway
// (request_id); this only spares people the doubt.
export function onlyOnce(root) {
  root.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.method !== 'post' || event.defaultPrevented) return;
    if (form.dataset.sent !== undefined) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = '';
    // Later: a button that is disabled now would not be part of what is sent.
    setTimeout(() => setBusy(form, true));
  });
  // Back from the next page, out of the browser's cache.
  window.addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    for (const form of document.querySelectorAll('form[data-sent]')) setBusy(form, false);
  });
}

function setBusy(form, busy) {
  if (!busy) delete form.dataset.sent;
  const download = form.hasAttribute('data-download'); // an answer that is a file leaves the page as it is
  if (busy && download) {
    delete form.dataset.sent;
    return;
  }
  for (const element of form.elements) if (element.type === 'submit') element.disabled = busy;
}
