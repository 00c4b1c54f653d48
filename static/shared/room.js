// The interview's connection: one way to make it and to mend it, `rebuild(epoch)`.
//
// Every trouble (reload, network change, sleep, silence) is answered by `enter_room`: the room's
// epoch rises, both ends throw their connection away and make a new one with the same tracks.
// The desk offers, the candidate answers. Signals of another epoch, or of another page than the one
// that the room names as the other end, are dropped.
//
// The room is entered at the call, or at "I'm ready": the connection is then made ahead, and
// `phase` says how far it may go. At the desk both only put their tracks in.
import { effect, signal } from "../vendor/ui.js";
import { CheckWord, makeCertificate } from "./check_word.js";
import { Connection } from "./connection.js";
import { Inbox } from "./inbox.js";
import { randomName } from "./keep.js";
import { Ladder, leaner } from "./ladder.js";
import { cameraOf, followEnd, isHidden } from "./own_end.js";
import { NOTHING } from "./pace.js";
import { Talk } from "./talk.js";

/**
 * @typedef {import("./net.js").PeerSignal} PeerSignal
 * @typedef {import("./quality.js").Quality} Quality
 * @typedef {import("./ladder.js").Rung} Rung
 * @typedef {"auto" | Rung} Choice
 * @typedef {"entering" | "connecting" | "live" | "lost" | "taken_over"} RoomState
 * @typedef {{ epoch: number, candidate_peer: string, desk_peer: string,
 *   candidate_state: string, desk_state: string, talk_ms: number,
 *   talking_since: number | null }} RoomCell
 * @typedef {{ epoch: number, ice_servers: RTCIceServer[] }} RoomPass
 * @typedef {import("./connection.js").Side} Side
 * @typedef {import("./connection.js").Phase} Phase
 * @typedef {{ link: import("./net.js").Link, ticketId: string, side: Side,
 *   getRoom: () => RoomCell | null, getPhase: () => Phase, localStream: MediaStream | null,
 *   deskId?: string, thrifty?: boolean, leg?: string }} RoomOptions
 * `getRoom` and `getPhase` read signals; `deskId` is the desk's own; `thrifty` begins with sound only;
 * `leg` names a third person's connection, in which `side` says who offers (as the desk does) and
 * who answers.
 */

const WATCH_MS = 500;
/** The picture's bit rate with which both begin, and the most that each sends; bit/s. */
const BEGIN = 300_000;
const MOST = { candidate: 600_000, desk: 800_000 };
/** What a connection with a third person takes of that: another one goes out beside it. */
const BESIDE = 0.5;
/** No sound for so long: the telephone is offered. */
const PHONE_MS = 20_000;
/** Who is heard so long after having been called lost has lost no more than the socket; ms. */
const VOUCH_MS = 2_000;

/** One end of one interview room, over all its connections. */
export class Room {
  /** @param {RoomOptions} options */
  constructor({ link, ticketId, side, getRoom, getPhase, localStream, deskId, thrifty = false, leg = "main" }) {
    /** This end's name; new for every loaded page. */
    this.peer = randomName("p");
    this.state = signal(/** @type {RoomState} */ ("entering"));
    /** How the other end is heard and seen, or null while that is not known. */
    this.quality = signal(/** @type {Quality | null} */ (null));
    /** The other end's picture and sound; null before the room is open. */
    this.remote = signal(/** @type {MediaStream | null} */ (null));
    /** What the person wants sent and got at most. */
    this.choice = signal(/** @type {Choice} */ (thrifty ? "audio" : "auto"));
    /** The choice was made for a slow or metered network, not by the person. */
    this.thrifty = signal(thrifty);
    /** What this end sends now. */
    this.sends = signal(/** @type {Rung} */ ("video"));
    /** Words go by the connection itself, not by way of the server. */
    this.talksDirectly = signal(false);
    /** Neither picture nor sound got through for so long that a telephone would be better. */
    this.offersPhone = signal(false);
    this.goodAt = Date.now();
    this.talk = new Talk({
      direct: (text) => this.connection?.say(text) ?? false,
      post: (text) => this.#post(text),
    });
    this.link = link;
    this.ticketId = ticketId;
    this.side = side;
    this.getRoom = getRoom;
    this.getPhase = getPhase;
    this.stream = localStream;
    this.names = deskId ? { desk_id: deskId } : {};
    this.leg = leg;
    /** Which connection and which end of it every command is about. */
    this.own = { ticket_id: ticketId, peer: this.peer, ...(leg === "main" ? {} : { leg }) };
    this.pass = /** @type {RoomPass | null} */ (null);
    this.entering = false;
    this.closed = false;
    /** The epoch that `connection` belongs to; 0 before the first. */
    this.epoch = 0;
    this.connection = /** @type {Connection | null} */ (null);
    const share = leg === "main" ? 1 : BESIDE;
    this.ladder = new Ladder(BEGIN * share, MOST[side] * share, Date.now());
    /** The most that the two people want sent. */
    this.limit = /** @type {Rung} */ ("video");
    /** Since when the server calls the other end lost, or 0; ms. */
    this.lostSince = 0;
    /** The other end's page that `connection` was made with. */
    this.with = "";
    this.inbox = new Inbox();
    /** What the two may read to each other. */
    this.check = new CheckWord(side === "desk");
    /** One for all connections of this page, so that they have one check word. */
    this.certificate = /** @type {RTCCertificate | null} */ (null);
    this.certifying = makeCertificate();
    const stopSignals = link.onSignal((message) => this.#signalled(message));
    // Effects only start work: what the work itself reads is none of their business.
    const stopRoom = effect(() => {
      if (getRoom()) queueMicrotask(() => this.#consider());
    });
    const stopPhase = effect(() => {
      // At once: the page has a whole screen to draw now, and the picture goes first.
      const phase = getPhase();
      this.connection?.setPhase(phase);
    });
    const stopLink = effect(() => {
      if (link.status.value === "live") queueMicrotask(() => this.#linked());
    });
    const stopChoice = effect(() => {
      const limit = leaner(this.#wanted(this.choice.value), this.talk.other.value?.asks ?? "video");
      queueMicrotask(() => this.#setLimit(limit));
    });
    const timer = setInterval(() => void this.#watch(), WATCH_MS);
    this.end = followEnd(() => this.stream, () => this.#tell());
    this.stop = () => {
      [stopSignals, stopRoom, stopPhase, stopLink, stopChoice, this.end.stop].forEach((stop) => stop());
      clearInterval(timer);
      this.talk.close();
    };
    void this.enter();
  }

  /** Come in with a fresh connection: the first time, and at every trouble. */
  async enter() {
    if (this.entering || this.closed) return;
    this.entering = true;
    try {
      // Both ends notice most troubles; who comes second joins the epoch that the first began.
      const after = this.epoch ? { after_epoch: this.epoch } : {};
      const entering = this.link.send("enter_room", { ...this.own, ...this.names, ...after });
      [this.pass, this.certificate] = await Promise.all([entering, this.certifying]);
    } catch {
      // The ticket has left the room's states: its cell tells the page.
    }
    this.entering = false;
    this.#consider();
  }

  /**
   * Use other tracks from now on: a camera switched on, changed or lost.
   * @param {MediaStream | null} stream
   */
  setTracks(stream) {
    this.stream = stream;
    this.end.renew();
    return this.connection?.setTracks(stream);
  }

  /** Go out of the room for now; the interview stays and `openRoom` comes back. */
  leave() {
    // An answer to `enter_room` may still be on its way: its epoch is left, too.
    if (this.epoch || this.entering) this.#report("left");
    this.close();
  }

  /** End this end quietly: the interview is finished or the page goes away. */
  close() {
    if (this.closed) return;
    this.closed = true;
    this.stop();
    this.connection?.close();
    this.connection = null;
  }

  /** The link is back: what flowed all the time goes on flowing, the rest starts afresh. */
  async #linked() {
    const connection = this.connection;
    if (!connection) return;
    await connection.watch(Date.now());
    if (connection !== this.connection) return;
    // The server may have counted this end as lost, and must know where to send its signals.
    if (connection.flows(Date.now())) this.#report("connected");
    else void this.enter();
  }

  /** Rebuild when the room has a newer epoch. */
  #consider() {
    const room = this.getRoom();
    if (this.closed || this.entering || !this.pass || !room || room.epoch < this.pass.epoch) return;
    const mine = this.side === "desk" ? room.desk_peer : room.candidate_peer;
    if (mine !== this.peer) {
      this.#become("taken_over");
      this.close();
    } else if (room.epoch > this.epoch) {
      this.epoch = room.epoch;
      if (this.#named().peer) this.#rebuild(room.epoch);
      else this.#letGo();
    } else if (this.#named().peer !== this.with) {
      this.#letGo(); // another desk than the one that made the connection ahead
    }
  }

  /** The room's epoch, and who its other end is. @returns {import("./inbox.js").Named} */
  #named() {
    const room = this.getRoom();
    const peer = this.side === "desk" ? room?.candidate_peer : room?.desk_peer;
    return { epoch: room?.epoch ?? 0, peer: peer ?? "" };
  }

  /** The room names nobody at the other end: who was there is heard no more. */
  #letGo() {
    if (!this.connection) return;
    this.connection.close();
    this.connection = null;
    if (this.state.value === "live") this.#become("lost");
  }

  /** Throw the connection away and make a new one. @param {number} epoch */
  #rebuild(epoch) {
    this.connection?.close();
    this.ladder.restart(Date.now());
    this.#become(this.state.value === "live" || this.state.value === "lost" ? "lost" : "connecting");
    const named = this.#named();
    this.with = named.peer;
    this.connection = new Connection({
      side: this.side,
      check: this.check,
      certificate: this.certificate,
      phase: this.getPhase(),
      iceServers: this.pass?.ice_servers || [],
      stream: this.stream,
      send: (kind, sdp, candidate) => this.#send(epoch, kind, sdp, candidate),
      onRemote: (stream) => (this.remote.value = stream),
      onFlow: () => this.#flows(),
      ladder: this.ladder,
      limit: this.limit,
      onTalk: (text) => this.#heard(text),
      onTalkOpen: () => this.talk.renew(),
      onNews: () => this.#tell(),
    });
    this.inbox.release(named).forEach((message) => this.#take(message));
  }

  /** Media of the other end has come. */
  #flows() {
    this.#become("live");
    this.#report("connected");
  }

  /** @param {PeerSignal} message */
  #signalled(message) {
    if (message.ticket_id !== this.ticketId || (message.leg ?? "main") !== this.leg) return;
    if (this.inbox.takes(message, this.#named(), this.connection ? this.epoch : 0)) this.#take(message);
  }

  /** @param {PeerSignal} message of the other end that the room names */
  #take(message) {
    if (message.kind === "talk") this.#heard(message.text ?? "");
    else void this.connection?.signalled(message);
  }

  /**
   * @param {number} epoch
   * @param {PeerSignal["kind"]} kind
   * @param {string} sdp
   * @param {RTCIceCandidate | null} [candidate]
   */
  #send(epoch, kind, sdp, candidate) {
    const where = candidate
      ? { sdp_mid: candidate.sdpMid, sdp_m_line_index: candidate.sdpMLineIndex } : {};
    this.link
      .send("signal", { ...this.own, epoch, kind, sdp, ...where })
      .catch(() => {}); // an older epoch by now: the newer one has its own
  }

  /** @param {"connected" | "lost" | "left"} state */
  #report(state) {
    this.link.send("report_room", { ...this.own, epoch: this.epoch, state }).catch(() => {});
  }

  /** What the other end says is for the two at the desk only. @param {string} text */
  #heard(text) {
    if (this.getPhase() !== "open") return;
    this.talk.heard(text);
    // At once: a link that falls is full within half a second.
    if (this.connection?.pace.told(this.talk.other.value ?? NOTHING, Date.now())) this.#tell();
  }

  /** Say something by way of the server, which keeps nothing. @param {string} text */
  #post(text) {
    if (this.getPhase() !== "open" || !this.pass) return;
    this.link.send("signal", { ...this.own, epoch: this.epoch, kind: "talk", text }).catch(() => {});
  }

  /** @param {Choice} choice @returns {Rung} */
  #wanted(choice) {
    return choice === "auto" ? "video" : choice;
  }

  /** @param {Rung} limit */
  #setLimit(limit) {
    this.limit = limit;
    this.connection?.setLimit(limit);
    this.#tell();
  }

  /** Tell the other end how this one is. */
  #tell() {
    const connection = this.connection;
    if (this.getPhase() !== "open" || !connection) return;
    this.sends.value = connection.sent.rung;
    this.talk.tell({
      sends: this.sends.value,
      asks: this.#wanted(this.choice.value),
      chosen: this.choice.value !== "auto",
      camera: cameraOf(this.stream),
      hidden: isHidden(),
      ...connection.pace.own,
    });
  }

  /** Look at the talk: what is to be said again, and whether a telephone would be better. @param {number} now */
  #mind(now) {
    const connection = this.connection;
    const isOpen = this.getPhase() === "open";
    const isSought = this.#other() !== "away" && this.#other() !== "left";
    const isWell = this.state.value === "live" && this.ladder.rung !== "text";
    if (!isOpen || !isSought || isWell) this.goodAt = now;
    this.offersPhone.value = now - this.goodAt > PHONE_MS;
    if (!isOpen || !connection) return;
    const said = this.talk.other.value;
    connection.wordsOnly = said?.sends === "text";
    this.talksDirectly.value = connection.talks;
    this.talk.again();
    this.#tell();
  }

  async #watch() {
    const connection = this.connection;
    this.#mind(Date.now());
    if (!connection) return;
    await connection.watch(Date.now());
    if (connection !== this.connection) return;
    this.quality.value = connection.verdict.word;
    this.#mend(connection, Date.now());
    this.#vouch(connection, Date.now());
  }

  /**
   * The server has lost the other end's socket, and here the two go on talking: say so.
   * @param {Connection} connection
   * @param {number} now
   */
  #vouch(connection, now) {
    if (this.#other() !== "lost") this.lostSince = 0;
    else if (!this.lostSince) this.lostSince = now;
    else if (now - this.lostSince > VOUCH_MS && connection.hears(now)) {
      this.lostSince = now;
      this.#report("connected");
    }
  }

  /**
   * Come in afresh when the connection is broken and a new one has a chance.
   * @param {Connection} connection
   * @param {number} now
   */
  #mend(connection, now) {
    const other = this.#other();
    const awaited = other === "joined" || other === "connected";
    if (!connection.broken(now, awaited)) {
      // It came back by itself while nobody could be asked for a new one.
      if (this.state.value === "lost" && !this.entering && connection.flows(now)) this.#flows();
      return;
    }
    if (this.state.value === "live") {
      this.#become("lost");
      if (awaited) this.#report("lost");
    }
    if (this.link.status.value !== "live" || this.entering) return;
    // An end that went away raises the epoch itself when it comes back. `lost` may also be what
    // it says of us, so that one of the two has to try, in its own time.
    if (other === "left" || other === "away" || (other === "lost" && !connection.patienceOver(now))) return;
    connection.retried(now);
    void this.enter();
  }

  /** How the server knows the other end. */
  #other() {
    return this.getRoom()?.[this.side === "desk" ? "candidate_state" : "desk_state"] || "away";
  }

  /** @param {RoomState} state */
  #become(state) {
    this.state.value = state;
  }
}

/**
 * Come into the room of an interview and stay in it through every trouble.
 * @param {RoomOptions} options
 * @returns {Room}
 */
export function openRoom(options) {
  return new Room(options);
}
