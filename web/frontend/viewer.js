// <div data-diagram data-diagram-url="…" data-current="id id" data-done="id id"> shows a BPMN diagram with the current
// nodes lit and the path taken; buttons with data-diagram-zoom="in|out|fit|current" stand in the same .diagram-box.
// A click on a node shows its record: the element with data-flow-node="its id" on the page.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './viewer.css';
import { text } from './text.js';
import { touchModule } from './touch.js';

const READABLE = 0.85; // zoom below which text of a task cannot be read on a phone
const STEP = 1.25;

for (const container of document.querySelectorAll('[data-diagram]')) whenVisible(container, show);

// Inside a closed <details> the canvas has no size, and nobody needs the diagram yet.
function whenVisible(container, act) {
  const observer = new ResizeObserver(() => {
    if (!container.clientWidth || !container.clientHeight) return;
    observer.disconnect();
    act(container);
  });
  observer.observe(container);
}

async function show(container) {
  const viewer = new NavigatedViewer({ container, additionalModules: [touchModule] });
  try {
    const answer = await fetch(container.dataset.diagramUrl);
    if (!answer.ok) throw new Error(`${container.dataset.diagramUrl}: ${answer.status}`);
    await viewer.importXML(await answer.text());
    mark(viewer, container.dataset.done, 'is-done');
    mark(viewer, container.dataset.current, 'is-current');
    zoomTo(viewer, container.dataset.current ? 'current' : 'fit', container);
    offerButtons(viewer, container);
    showRecordOnClick(viewer);
    container.dataset.ready = '';
  } catch (error) {
    console.error(error);
    container.replaceChildren(Object.assign(document.createElement('p'), { className: 'diagram-missing', textContent: text.noDiagram }));
    container.dataset.failed = '';
  }
}

function ids(list) {
  return (list ?? '').split(/\s+/).filter(Boolean);
}

function mark(viewer, list, marker) {
  const elements = viewer.get('elementRegistry');
  for (const id of ids(list)) if (elements.get(id)) viewer.get('canvas').addMarker(id, marker);
}

function zoomTo(viewer, what, container) {
  const canvas = viewer.get('canvas');
  if (what === 'in' || what === 'out') {
    canvas.zoom(canvas.zoom() * (what === 'in' ? STEP : 1 / STEP));
    return;
  }
  const fitting = canvas.zoom('fit-viewport', 'auto');
  const current = ids(container.dataset.current).map((id) => viewer.get('elementRegistry').get(id)).find(Boolean);
  if (what === 'current' && current && fitting < READABLE) centreOn(canvas, current);
}

function centreOn(canvas, { x, y, width, height }) {
  const { outer } = canvas.viewbox();
  const [w, h] = [outer.width / READABLE, outer.height / READABLE];
  canvas.viewbox({ x: x + width / 2 - w / 2, y: y + height / 2 - h / 2, width: w, height: h });
}

function offerButtons(viewer, container) {
  for (const button of container.closest('.diagram-box')?.querySelectorAll('[data-diagram-zoom]') ?? []) {
    button.hidden = false;
    button.addEventListener('click', () => zoomTo(viewer, button.dataset.diagramZoom, container));
  }
}

function showRecordOnClick(viewer) {
  viewer.on('element.click', ({ element }) => {
    const records = document.querySelectorAll(`[data-flow-node="${CSS.escape(element.id)}"]`);
    for (const picked of document.querySelectorAll('.is-picked')) picked.classList.remove('is-picked');
    for (const record of records) {
      record.classList.add('is-picked');
      record.closest('details')?.setAttribute('open', '');
    }
    records[records.length - 1]?.scrollIntoView({ block: 'center', behavior: 'smooth' });
  });
}
