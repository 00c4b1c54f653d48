/** Lets tiles glide to their new places, so that eyes can follow; still when asked to be. */

const GLIDE_MS = 200;
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** Remembers where each child of a list stood, and moves it from there when the order changes. */
export class Glide {
  constructor() {
    /** @type {Map<Element, { left: number, top: number }>} */
    this.places = new Map();
    this.order = "";
  }

  /**
   * Note the children's places after they were drawn, before they are painted.
   * @param {HTMLElement | null} list
   * @param {string} order names the order; only its change is shown as motion
   */
  placed(list, order) {
    if (!list) return;
    const moved = this.order !== "" && order !== this.order && !still.matches;
    this.order = order;
    const before = this.places;
    this.places = new Map();
    for (const child of Array.from(list.children)) {
      if (!(child instanceof HTMLElement)) continue;
      const now = { left: child.offsetLeft, top: child.offsetTop };
      const was = before.get(child);
      if (moved && was) glideFrom(child, was.left - now.left, was.top - now.top);
      this.places.set(child, now);
    }
  }
}

/**
 * @param {HTMLElement} child
 * @param {number} x
 * @param {number} y
 */
function glideFrom(child, x, y) {
  if (x === 0 && y === 0) return;
  child.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], {
    duration: GLIDE_MS,
    easing: "ease-out",
  });
}
