/**
 * What one desk of the booth sees and does: signals over the live link, and the acts.
 */
import { computed, effect, signal } from "../vendor/ui.js";
import { api } from "../shared/api.js";
import { ACTS, STEPS, hasMet, isAtDesk, isPending, laterFirst, nearestFirst, stepOf, ticketAt } from "./next_step.js";

/**
 * @typedef {import("./cells.js").BoothCell} BoothCell
 * @typedef {import("./cells.js").DeskCell} DeskCell
 * @typedef {import("./cells.js").FairCell} FairCell
 * @typedef {import("./cells.js").TicketCell} TicketCell
 * @typedef {import("./next_step.js").ActName} ActName
 * @typedef {{ code: string, message: string, hint?: string }} Fault
 * @typedef {{ outcome: string | null, reason: string | null, note: string }} Draft
 */

/** After the next right thing changed, a late second click must not do the new one; ms. */
const SETTLE_MS = 400;

/** @type {Readonly<Draft>} */
const BLANK = Object.freeze({ outcome: null, reason: null, note: "" });

/** One desk, live. */
export class DeskModel {
  /**
   * @param {{ link: import("../shared/net.js").Link, slot: string,
   *   plan: import("./plan.js").Plan, booth: import("./plan.js").PlanBooth,
   *   desk: import("./plan.js").PlanDesk }} options
   */
  constructor({ link, slot, plan, booth, desk }) {
    this.link = link;
    this.slot = slot;
    this.plan = plan;
    this.booth = booth;
    this.desk = desk;
    /** The booth as its plan holds now: vacancies and questions may be corrected meanwhile. */
    this.offer = signal(booth);
    const cells = link.cells("booth");
    this.fairCell = computed(() => /** @type {FairCell | undefined} */ (cells.value["fair"]));
    this.boothCell = computed(() => /** @type {BoothCell | undefined} */ (cells.value["booth"]));
    this.deskCell = computed(
      () => /** @type {DeskCell | undefined} */ (cells.value[`desk/${desk.desk_id}`]));
    this.desks = computed(() => desksOf(cells.value));
    this.tickets = computed(() => ticketsOf(cells.value));
    this.line = computed(() => this.tickets.value
      .filter((ticket) => ticket.position > 0).sort((a, b) => a.position - b.position));
    /** People who have had the heads-up: the next ones at a desk. */
    this.deck = computed(() => this.tickets.value
      .filter((ticket) => ticket.state === "on_deck").sort(nearestFirst));
    /** People met whose outcome nobody has recorded yet, the first first; not the one at the desk. */
    this.pending = computed(() => this.tickets.value.filter((ticket) => isPending(ticket)
      && ticket.ticket_id !== this.ticket.value?.ticket_id).sort(laterFirst).reverse());
    this.met = computed(() => this.tickets.value.filter(hasMet).sort(laterFirst));
    this.missed = computed(() => this.tickets.value
      .filter((ticket) => ticket.state === "no_show").sort(laterFirst));
    this.ticket = computed(() => ticketAt(this.deskCell.value, this.tickets.value));
    /** The ticket whose outcome was saved from this page. */
    this.savedId = signal(/** @type {string | null} */ (null));
    this.step = computed(() => stepOf(
      this.deskCell.value, this.ticket.value, booth.mode,
      this.savedId.value === this.ticket.value?.ticket_id));
    this.draft = signal(/** @type {Draft} */ (BLANK));
    this.busy = signal(/** @type {ActName | null} */ (null));
    this.fault = signal(/** @type {Fault | null} */ (null));
    /** The quieter acts have just become others, and the primary one another. */
    this.settling = signal(false);
    this.primarySettling = signal(false);
    /** The act that asks for more in a dialog. */
    this.opened = signal(/** @type {"hand_over" | "invite" | "appoint" | null} */ (null));
    /** The booth that the person at the desk did not want to be handed over to. */
    this.declined = signal(/** @type {string | null} */ (null));
    /** The ticket for which a second interview is being agreed. */
    this.secondFor = signal(/** @type {string | null} */ (null));
    /** The list of keys is open. */
    this.helping = signal(false);
    /** When the last appointment made here is due; ms. */
    this.appointedAt = signal(/** @type {number | null} */ (null));
    // What stays the same act on the same person is never held: no click on it may be lost.
    const primary = () => `${STEPS[this.step.value].primary} ${this.ticket.value?.ticket_id}`;
    this.stops = [
      this.#freshDraft(), this.#followOffer(), this.#clearFault(), this.#followPlan(),
      settle(computed(() => this.step.value), this.settling),
      settle(computed(primary), this.primarySettling),
    ];
  }

  /** Whether the interview at the desk runs by telephone, or will. */
  get byPhone() {
    const ticket = this.ticket.value;
    return ticket?.interview_mode === "phone" || (ticket?.way === "phone" && isAtDesk(ticket));
  }

  /** @param {Partial<Draft>} part */
  edit(part) {
    this.draft.value = { ...this.draft.value, ...part };
  }

  /**
   * Do one act of the desk; a refusal becomes ``fault``.
   * @param {ActName} name
   */
  async act(name) {
    const ticket = this.ticket.value;
    const { type, names } = ACTS[name];
    if (this.busy.value || (names === "ticket" && !ticket)) return;
    if (name === "hand_over" || name === "invite" || name === "appoint") {
      this.fault.value = null;
      this.opened.value = name;
      return;
    }
    const target = names === "desk" ? { desk_id: this.desk.desk_id }
      : names === "booth" ? { booth_id: this.booth.booth_id } : { ticket_id: ticket?.ticket_id };
    const extra = name === "save" ? outcomeFields(this.draft.value, ticket) : {};
    const done = await this.#send(name, type, { ...target, ...extra });
    if (done && name === "save") this.savedId.value = ticket?.ticket_id ?? null;
  }

  /** @param {string} ticketId */
  ticketOf(ticketId) {
    return this.tickets.value.find((ticket) => ticket.ticket_id === ticketId);
  }

  /**
   * Correct the outcome of somebody met earlier today.
   * @param {string} ticketId
   * @param {Draft} draft
   */
  correct(ticketId, draft) {
    const fields = { ticket_id: ticketId, ...outcomeFields(draft, this.ticketOf(ticketId)) };
    return this.#send("save", "record_outcome", fields);
  }

  /**
   * Offer the person in the interview another booth.
   * @param {string} boothId
   * @param {string} note for a colleague of the own booth
   */
  async offerHandOver(boothId, note) {
    this.declined.value = null;
    const fields = { ticket_id: this.ticket.value?.ticket_id, to_booth_id: boothId,
      ...(note.trim() ? { note: note.trim() } : {}) };
    if (await this.#send("hand_over", "offer_hand_over", fields)) this.opened.value = null;
  }

  /**
   * Promise the person just met another turn here.
   * @param {number} dueAt ms
   */
  async appoint(dueAt) {
    const fields = { ticket_id: this.ticket.value?.ticket_id, booth_id: this.booth.booth_id, due_at: dueAt };
    if (!(await this.#send("appoint", "make_appointment", fields))) return;
    this.opened.value = null;
    this.appointedAt.value = dueAt;
  }

  /**
   * Show the person the outcome, or withdraw it.
   * @param {string} ticketId
   * @param {boolean} published
   */
  publish(ticketId, published) {
    return this.#send("publish", "publish_result", { ticket_id: ticketId, published });
  }

  /** @param {string | null} ticketId whose second interview is looked at; null closes it */
  openSecond(ticketId) {
    this.fault.value = null;
    this.secondFor.value = ticketId;
  }

  /**
   * Offer a second interview, or another date for it.
   * @param {string} ticketId
   * @param {Record<string, unknown>} date
   */
  offerSecond(ticketId, date) {
    return this.#send("second", "offer_second_interview", { ticket_id: ticketId, ...date });
  }

  /** @param {string} ticketId */
  cancelSecond(ticketId) {
    return this.#send("second", "cancel_second_interview", { ticket_id: ticketId });
  }

  /**
   * Bring somebody back who did not come.
   * @param {string} ticketId
   */
  recall(ticketId) {
    return this.#send("recall", "recall", { ticket_id: ticketId });
  }

  /** Let go of what listens. */
  close() {
    this.stops.forEach((stop) => stop());
  }

  /**
   * @param {ActName} name
   * @param {string} type
   * @param {Record<string, unknown>} fields
   * @returns {Promise<boolean>} whether the server did it
   */
  async #send(name, type, fields) {
    this.busy.value = name;
    this.fault.value = null;
    try {
      await this.link.send(type, fields);
      return true;
    } catch (error) {
      this.fault.value = /** @type {Fault} */ (error);
      return false;
    } finally {
      this.busy.value = null;
    }
  }

  /** Another person: an empty outcome, and nothing agreed yet. */
  #freshDraft() {
    const id = computed(() => this.ticket.value?.ticket_id);
    return effect(() => {
      if (id.value === undefined) return;
      this.draft.value = BLANK;
      this.appointedAt.value = null;
    });
  }

  /** An offer that is gone while the talk goes on was declined. */
  #followOffer() {
    let ticketId = "";
    let offered = /** @type {string | null} */ (null);
    return effect(() => {
      const ticket = this.ticket.value;
      const to = ticket?.hand_over_to ?? null;
      if (ticket?.ticket_id !== ticketId || to) this.declined.value = null;
      else if (offered) this.declined.value = offered;
      ticketId = ticket?.ticket_id ?? "";
      offered = to;
      if (ticket?.state !== "interviewing" && this.opened.peek() !== "appoint") this.opened.value = null;
    });
  }

  /** Vacancies and questions that were corrected since the page was loaded. */
  #followPlan() {
    const revision = computed(() => this.boothCell.value?.plan);
    let held = /** @type {number | undefined} */ (undefined);
    return effect(() => {
      const now = revision.value;
      if (now === undefined || now === held) return;
      const known = held !== undefined;
      held = now;
      if (known) void readOffer(this.plan.fair_id, this.booth.booth_id, this.offer);
    });
  }

  /** A refusal at one step says nothing of the next; that a colleague was faster is the next. */
  #clearFault() {
    return effect(() => {
      if (this.step.value && this.fault.peek()?.code !== "outcome_changed") this.fault.value = null;
    });
  }
}

/**
 * Read what the booth offers now; one that cannot be read stays as it was.
 * @param {string} fairId
 * @param {string} boothId
 * @param {{ value: import("./plan.js").PlanBooth }} into
 */
async function readOffer(fairId, boothId, into) {
  try {
    const plan = /** @type {import("./plan.js").Plan} */ (await api("GET", `/api/fairs/${fairId}`));
    into.value = plan.booths.find((one) => one.booth_id === boothId) ?? into.value;
  } catch {
    // The next correction, or the page loaded again, brings it.
  }
}

/**
 * Hold for a moment whenever something changed.
 * @param {{ value: string }} what
 * @param {{ value: boolean }} held
 * @returns {() => void}
 */
function settle(what, held) {
  let timer = 0;
  const stop = effect(() => {
    if (!what.value) return;
    held.value = true;
    clearTimeout(timer);
    timer = window.setTimeout(() => (held.value = false), SETTLE_MS);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

/**
 * @param {import("../shared/net.js").Cells} cells
 * @returns {DeskCell[]}
 */
function desksOf(cells) {
  return Object.keys(cells).filter((key) => key.startsWith("desk/")).map((key) => cells[key]);
}

/**
 * @param {import("../shared/net.js").Cells} cells
 * @returns {TicketCell[]}
 */
function ticketsOf(cells) {
  return Object.keys(cells).filter((key) => key.startsWith("ticket/")).map((key) => cells[key]);
}

/**
 * What ``record_outcome`` says; a reason belongs to *not suitable* only. What a colleague records
 * meanwhile is not overwritten unseen.
 * @param {Draft} draft
 * @param {TicketCell | null | undefined} ticket
 */
function outcomeFields({ outcome, reason, note }, ticket) {
  return {
    ...(ticket?.outcome ? { instead_of: ticket.outcome } : {}),
    outcome: outcome ?? "pending",
    reason: outcome === "not_suitable" ? reason : null,
    ...(note.trim() ? { note: note.trim() } : {}),
  };
}
