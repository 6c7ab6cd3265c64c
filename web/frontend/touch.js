// One finger moves the diagram, two fingers zoom it. bpmn-js has listened to the mouse only since diagram-js 15.
const SMALLEST = 0.2;
const LARGEST = 3;

class TouchNavigation {
  constructor(canvas, eventBus) {
    this.canvas = canvas;
    this.fingers = new Map();
    this.last = null;
    eventBus.on('canvas.init', ({ svg }) => this.listen(svg.parentElement));
  }

  listen(container) {
    this.container = container;
    container.classList.add('takes-touch');
    container.addEventListener('pointerdown', (event) => this.put(event));
    container.addEventListener('pointermove', (event) => this.move(event));
    for (const type of ['pointerup', 'pointercancel', 'pointerleave']) container.addEventListener(type, (event) => this.lift(event));
  }

  put(event) {
    if (event.pointerType !== 'touch') return;
    this.fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.last = this.grip();
  }

  move(event) {
    if (!this.fingers.has(event.pointerId)) return;
    this.fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const grip = this.grip();
    this.canvas.scroll({ dx: grip.x - this.last.x, dy: grip.y - this.last.y });
    if (grip.spread && this.last.spread) this.zoom(grip);
    this.last = grip;
  }

  lift(event) {
    if (!this.fingers.delete(event.pointerId)) return;
    this.last = this.fingers.size ? this.grip() : null;
  }

  zoom(grip) {
    const { left, top } = this.container.getBoundingClientRect();
    const wanted = (this.canvas.zoom() * grip.spread) / this.last.spread;
    this.canvas.zoom(Math.min(LARGEST, Math.max(SMALLEST, wanted)), { x: grip.x - left, y: grip.y - top });
  }

  // Middle of the fingers, and how far apart two of them are.
  grip() {
    const [one, two] = this.fingers.values();
    if (!two) return { x: one.x, y: one.y, spread: 0 };
    return { x: (one.x + two.x) / 2, y: (one.y + two.y) / 2, spread: Math.hypot(one.x - two.x, one.y - two.y) };
  }
}

TouchNavigation.$inject = ['canvas', 'eventBus'];

export const touchModule = { __init__: ['touchNavigation'], touchNavigation: ['type', TouchNavigation] };
