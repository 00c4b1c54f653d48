/** What the control room sees: signals over the live link, and the tiles' calm order. */
import { computed, effect, signal } from "../vendor/ui.js";
import { byTrouble } from "./trouble.js";

/**
 * @typedef {import("./cells.js").AlarmCell} AlarmCell
 * @typedef {import("./cells.js").BoothCell} BoothCell
 * @typedef {import("./cells.js").CurveCell} CurveCell
 * @typedef {import("./cells.js").DeskCell} DeskCell
 * @typedef {import("./cells.js").FairCell} FairCell
 * @typedef {import("./cells.js").TotalsCell} TotalsCell
 * @typedef {import("./trouble.js").Tile} Tile
 * @typedef {{ code: string, message: string, hint?: string }} Fault
 * @typedef {"open_fair" | "pause_fair" | "close_fair" | "pause_booth" | "resume_booth"
 *   | "change_settings" | "move_ticket" | "recall" | "put_alarm_aside"} FairAct
 */

/** Tiles change places at most this often; ms. */
const CALM_MS = 10_000;

/** The control room, live. */
export class ControlModel {
  /**
   * @param {import("../shared/net.js").Link} link
   * @param {import("../booth/plan.js").Plan} plan
   * @param {boolean} mayAct support only looks on
   */
  constructor(link, plan, mayAct) {
    this.mayAct = mayAct;
    this.link = link;
    this.plan = plan;
    /** Texts of the booths and desks by their ids. */
    this.booths = new Map(plan.booths.map((booth) => [booth.booth_id, booth]));
    this.desks = new Map(plan.booths.flatMap((booth) => booth.desks.map((desk) => [desk.desk_id, desk])));
    const cells = link.cells("control");
    this.fair = computed(() => /** @type {FairCell | undefined} */ (cells.value["fair"]));
    this.settings = computed(
      () => /** @type {import("./cells.js").SettingsCell | undefined} */ (cells.value["settings"])?.settings);
    this.settingsOpen = signal(false);
    this.signInsOpen = signal(false);
    /** A lost code is being given again. */
    this.codesOpen = signal(false);
    /** The booth whose line is looked at. */
    this.lineOf = signal(/** @type {string | null} */ (null));
    /** The booth whose machines are looked after. */
    this.devicesOf = signal(/** @type {{ booth_id: string, number: string } | null} */ (null));
    this.totals = computed(() => /** @type {TotalsCell | undefined} */ (cells.value["totals"]));
    this.curve = computed(() => /** @type {CurveCell | undefined} */ (cells.value["curve"]));
    this.tiles = computed(() => tilesOf(cells.value));
    this.alarms = computed(() => alarmsOf(cells.value));
    /** Ids of the booths in the order on the screen, and when it was made. */
    this.order = signal(/** @type {string[]} */ ([]));
    this.orderedAt = signal(0);
    this.shown = computed(() => inOrder(this.tiles.value, this.order.value));
    this.busy = signal(/** @type {FairAct | null} */ (null));
    this.fault = signal(/** @type {Fault | null} */ (null));
    setInterval(() => this.#sort(), CALM_MS);
    // The first picture is sorted at once; after that only the clock sorts.
    const stop = effect(() => {
      if (this.tiles.value.size === 0) return;
      queueMicrotask(() => {
        stop();
        this.#sort();
      });
    });
  }

  /**
   * Change something of the fair or of a booth; a refusal becomes ``fault``.
   * @param {FairAct} act
   * @param {Record<string, unknown>} [fields]
   * @returns {Promise<boolean>} whether the server did it
   */
  async act(act, fields = {}) {
    if (this.busy.value) return false;
    this.busy.value = act;
    this.fault.value = null;
    try {
      await this.link.send(act, fields);
      return true;
    } catch (error) {
      this.fault.value = /** @type {Fault} */ (error);
      return false;
    } finally {
      this.busy.value = null;
    }
  }

  /** @param {string} boothId */
  openLine(boothId) {
    this.fault.value = null;
    this.lineOf.value = boothId;
  }

  #sort() {
    const sorted = [...this.tiles.peek().values()].sort(byTrouble);
    const ids = sorted.map((tile) => tile.booth.booth_id);
    this.orderedAt.value = this.link.now();
    if (ids.join() !== this.order.peek().join()) this.order.value = ids;
  }
}

/**
 * The newest first.
 * @param {import("../shared/net.js").Cells} cells
 * @returns {AlarmCell[]}
 */
function alarmsOf(cells) {
  const keys = Object.keys(cells).filter((key) => key.startsWith("alarm/"));
  return keys.map((key) => cells[key]).sort((a, b) => b.at - a.at);
}

/**
 * @param {import("../shared/net.js").Cells} cells
 * @returns {Map<string, Tile>}
 */
function tilesOf(cells) {
  const tiles = /** @type {Map<string, Tile>} */ (new Map());
  for (const key of Object.keys(cells)) {
    if (key.startsWith("booth/")) tiles.set(cells[key].booth_id, { booth: cells[key], desks: [] });
  }
  for (const key of Object.keys(cells)) {
    if (key.startsWith("desk/")) tiles.get(cells[key].booth_id)?.desks.push(cells[key]);
  }
  return tiles;
}

/**
 * @param {Map<string, Tile>} tiles
 * @param {string[]} order
 */
function inOrder(tiles, order) {
  const known = order.map((id) => tiles.get(id)).filter((tile) => tile !== undefined);
  const fresh = [...tiles.values()].filter((tile) => !order.includes(tile.booth.booth_id));
  return [...known, ...fresh];
}
