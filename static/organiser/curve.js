/** The morning's curve: three lines with their names at their ends, told apart without colour. */
import { html, useEffect, useRef, useState } from "../vendor/ui.js";
import { clock, t } from "../shared/i18n.js";

/**
 * @typedef {import("./cells.js").CurvePoint} CurvePoint
 * @typedef {{ width: number, toX: (minute: number) => number, toY: (people: number) => number }} Scale
 */

const HEIGHT = 220;
const EDGE = { top: 12, right: 8, bottom: 24, left: 34 };
const LINES = /** @type {const} */ (["waiting", "in_interview", "interviewed"]);
/** The drawing is never narrower than this, so that the first minutes do not leap. */
const SHORTEST_MIN = 10;
/** Steps between the minutes written under the curve. */
const MINUTE_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 240];

/** @param {{ model: import("./model.js").ControlModel }} props */
export function Curve({ model }) {
  const [width, setWidth] = useState(360);
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width));
    if (box.current) watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  const curve = model.curve.value;
  const points = curve?.points ?? [];
  return html`<section class="card side-card" aria-labelledby="curve-heading">
    <h2 id="curve-heading">${t("curve.heading")}</h2>
    <div class="curve" ref=${box}>
      ${curve && points.length > 0 ? html`<${Drawing} start=${curve.start} points=${points} width=${width} />`
        : html`<p class="quiet-text">${t("curve.empty")}</p>`}
    </div>
  </section>`;
}

/** @param {{ start: number, points: CurvePoint[], width: number }} props */
function Drawing({ start, points, width }) {
  const last = /** @type {CurvePoint} */ (points[points.length - 1]);
  const scale = scaleOf(points, width);
  /** @param {number} minute */
  const time = (minute) => clock(start + minute * 60_000);
  const summary = t("curve.summary", {
    time: time(last[0]), waiting: last[1], talking: last[2], met: last[3],
  });
  return html`<ul class="curve-key">
      ${LINES.map((name, index) => html`<li class=${name}>
        <svg viewBox="0 0 28 8" aria-hidden="true"><path d="M0 4h28" /></svg>
        ${t(`curve.${name}`)} <b class="figures">${last[index + 1]}</b></li>`)}
    </ul>
    <svg class="curve-drawing" width=${width} height=${HEIGHT} viewBox=${`0 0 ${width} ${HEIGHT}`}
      role="img" aria-label=${summary}>
      ${levels(points).map((people) => html`<g class="level">
        <path d=${`M${EDGE.left} ${scale.toY(people)}H${width - EDGE.right}`} />
        <text x=${EDGE.left - 6} y=${scale.toY(people) + 4}>${people}</text></g>`)}
      ${minuteMarks(Math.max(SHORTEST_MIN, last[0]), scale).map((minute) => html`<text class="minute" x=${scale.toX(minute)}
        y=${HEIGHT - 4}>${time(minute)}</text>`)}
      ${LINES.map((name, index) => html`<path class=${`line ${name}`} d=${pathOf(points, index + 1, scale)} />`)}
    </svg>`;
}

/**
 * @param {CurvePoint[]} points
 * @param {number} width
 * @returns {Scale}
 */
function scaleOf(points, width) {
  const minutes = Math.max(SHORTEST_MIN, points[points.length - 1]?.[0] ?? 0);
  const top = levels(points).at(-1) ?? 10;
  const across = width - EDGE.left - EDGE.right;
  const down = HEIGHT - EDGE.top - EDGE.bottom;
  return {
    width,
    toX: (minute) => EDGE.left + (across * minute) / minutes,
    toY: (people) => EDGE.top + down * (1 - people / top),
  };
}

/**
 * Round numbers of people for the level lines, from 0 to above the highest point.
 * @param {CurvePoint[]} points
 */
function levels(points) {
  const highest = Math.max(4, ...points.flatMap((point) => point.slice(1)));
  const power = 10 ** Math.floor(Math.log10(highest / 4));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one * 4 >= highest) ?? highest;
  return Array.from({ length: Math.ceil(highest / step) + 1 }, (_, index) => index * step);
}

/**
 * @param {number} last minutes
 * @param {Scale} scale
 */
function minuteMarks(last, { width, toX }) {
  const room = Math.max(2, Math.floor(width / 72));
  const step = MINUTE_STEPS.find((one) => last / one < room) ?? 240;
  // A word too near the edge would stick out of the drawing.
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, index) => index * step)
    .filter((minute) => toX(minute) < width - 20);
}

/**
 * @param {CurvePoint[]} points
 * @param {number} column 1 waiting, 2 in interview, 3 interviewed
 * @param {Scale} scale
 */
function pathOf(points, column, { toX, toY }) {
  return points.map((point, index) =>
    `${index ? "L" : "M"}${toX(point[0]).toFixed(1)} ${toY(point[column] ?? 0).toFixed(1)}`).join("");
}
