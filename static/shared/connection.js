// One connection of one epoch between the two ends of a room: made once, never repaired.
import { isCheck, ofOneCertificate } from "./check_word.js";
import { videoOf } from "./picture.js";
import { encodingFor, under } from "./encoding.js";
import { Pace } from "./pace.js";
import { Verdict, boundSender, readCame, readQuality, readSpoken, readWay } from "./quality.js";
import { freshen } from "./sound_line.js";

/**
 * @typedef {import("./net.js").PeerSignal} PeerSignal
 * @typedef {import("./ladder.js").Ladder} Ladder
 * @typedef {import("./ladder.js").Rung} Rung
 * @typedef {"candidate" | "desk"} Side
 * @typedef {"held" | "ahead" | "open"} Phase
 * How far the two may go. `held`: called and not answered yet; descriptions are exchanged and
 * addresses are kept back. `ahead`: "I'm ready" was said; connected, and nothing is seen or heard.
 * `open`: at the desk.
 */

/** Between two looks while the first media is awaited. */
const FIRST_MS = 60;
/** No bytes for so long in a running call: something broke, nothing else says so in time. */
const SILENT_MS = 1_000;
/** The same where only words come. */
const WORDS_MS = 3_000;
/** `disconnected` for so long is no hiccup. */
const DISCONNECTED_MS = 1_000;
/** A new connection gets so long before it is tried again. */
const CONNECT_MS = 8_000;
/** The other end sends nothing at all (no camera, no microphone): connected is enough then. */
const NO_MEDIA_MS = 2_000;
/** Sound is there and no picture for so long: there is none. */
const NO_PICTURE_MS = 1_000;
/** Between two looks at the sound that comes in: a link that falls is full within half a second. */
const PACE_MS = 100;
/** Of these looks, each so many-th is one at the way out, too. */
const WAY_EVERY = 2;
/** What the talk beside the picture may have waiting; more goes another way. */
const TALK_BYTES = 16_000;
/** Addresses of the other end that wait for its description; no honest end has so many. */
const MOST_WAITING = 64;

/**
 * @typedef {{ side: Side, phase: Phase, iceServers: RTCIceServer[], stream: MediaStream | null,
 *   send: (kind: PeerSignal["kind"], sdp: string, candidate?: RTCIceCandidate | null) => void,
 *   onRemote: (stream: MediaStream) => void, onFlow: () => void,
 *   ladder: Ladder, limit: Rung, onTalk: (text: string) => void, onTalkOpen: () => void,
 *   onNews: () => void, check: import("./check_word.js").CheckWord,
 *   certificate: RTCCertificate | null }} ConnectionOptions
 * `ladder` and `check` outlive the connection; `limit` is the most that a person on either side
 * wants sent.
 */

/** One RTCPeerConnection of one epoch; it is never repaired. */
export class Connection {
  /** @param {ConnectionOptions} options */
  constructor({ side, phase, iceServers, stream, send, onRemote, onFlow, ladder, limit, onTalk, onTalkOpen, onNews, check, certificate }) {
    this.side = side;
    this.check = check;
    check.begin();
    this.phase = phase;
    this.send = send;
    this.onRemote = onRemote;
    this.onFlow = onFlow;
    this.onNews = onNews;
    this.local = stream;
    this.remote = new MediaStream();
    /** Media came (or the other end has none to send). */
    this.flowing = false;
    /** No picture has come yet, and the sound is played without waiting for one. */
    this.soundAlone = false;
    this.pictured = false;
    /** The first picture is out: until then it is a small one, which gets through at once. */
    this.begun = false;
    this.verdict = new Verdict();
    this.ladder = ladder;
    this.limit = limit;
    /** The last change of what the senders send, while it is under way. */
    this.putting = /** @type {Promise<void> | null} */ (null);
    this.pace = new Pace(ladder, Date.now());
    this.looks = 0;
    this.pacing = /** @type {ReturnType<typeof setInterval> | undefined} */ (undefined);
    this.bytes = 0;
    this.bytesAt = 0;
    /** Something that comes all the time has begun to come: its silence means trouble. */
    this.steady = false;
    /** The other end sends words only, now and then. */
    this.wordsOnly = false;
    this.startedAt = Date.now();
    this.connectedAt = 0;
    this.troubleAt = 0;
    /** ICE candidates that came before the description they belong to. */
    this.waiting = /** @type {RTCIceCandidateInit[]} */ ([]);
    /** Own ICE candidates that are not for the other end yet; null is the end of their list. */
    this.unsent = /** @type {(RTCIceCandidate | null)[]} */ ([]);
    this.described = false;
    const certificates = certificate ? { certificates: [certificate] } : {};
    this.pc = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle", ...certificates });
    this.pc.onicecandidate = ({ candidate }) => this.#offerPath(candidate);
    this.pc.ontrack = ({ track }) => this.remote.addTrack(track);
    this.pc.onconnectionstatechange = () => this.#stateChanged();
    // Agreed beforehand, so that it costs no message: chat, captions, and what each end sees.
    this.channel = this.pc.createDataChannel("talk", { negotiated: true, id: 0 });
    this.channel.onmessage = ({ data }) => {
      const text = String(data);
      if (isCheck(text)) void this.#compare([check.heard(text)]);
      else onTalk(text);
    };
    this.channel.onopen = () => {
      void this.#compare([check.opened()]);
      onTalkOpen();
    };
    if (side === "desk") void this.#careful(this.#offer());
  }

  /**
   * Go on to the next phase: let the addresses out, then picture and sound.
   * @param {Phase} phase
   */
  setPhase(phase) {
    const before = this.phase;
    if (phase === before) return;
    this.phase = phase;
    const now = Date.now();
    if (before === "held") {
      this.startedAt = now;
      this.unsent.splice(0).forEach((candidate) => this.#offerPath(candidate));
      void this.#careful(this.#takePaths());
    }
    if (phase !== "open") return;
    this.ladder.restart(now);
    void this.setTracks(this.local);
    if (this.described) this.onRemote(this.remote);
    if (!this.connectedAt) return;
    this.connectedAt = now;
    void this.#awaitMedia();
  }

  /** Tell the other end an address of this one. @param {RTCIceCandidate | null} candidate */
  #offerPath(candidate) {
    if (this.phase === "held") this.unsent.push(candidate);
    else this.send("candidate", candidate?.candidate || "", candidate);
  }

  /** Try the addresses of the other end, if that is agreed and it has described itself. */
  async #takePaths() {
    if (this.phase === "held" || !this.pc.remoteDescription) return;
    for (const candidate of this.waiting.splice(0)) await this.pc.addIceCandidate(candidate);
  }

  /** Say what is next for the check word. @param {(string | null | Promise<string | null>)[]} steps */
  async #compare(steps) {
    for (const text of await Promise.all(steps)) {
      if (text && this.channel.readyState === "open") this.channel.send(text);
    }
  }

  /** Start again from the beginning when a step fails. @param {Promise<void>} step */
  async #careful(step) {
    try {
      await step;
    } catch {
      // A closed connection refuses what comes late: that is no trouble.
      if (this.pc.signalingState !== "closed") this.#trouble();
    }
  }

  async #offer() {
    // Both kinds in both directions, tracks or not: a camera switched on later needs no new offer.
    for (const kind of ["audio", "video"]) {
      const sendEncodings = [encodingFor(kind, this.sent, this.begun)];
      this.pc.addTransceiver(this.#own(kind) || kind, { direction: "sendrecv", sendEncodings });
    }
    await this.#describe("offer", await this.pc.createOffer());
  }

  /**
   * Take a description as the own one and send it, without any address: those have their phase.
   * @param {"offer" | "answer"} kind
   * @param {RTCSessionDescriptionInit} description
   */
  async #describe(kind, description) {
    await this.pc.setLocalDescription(description);
    this.send(kind, description.sdp || "");
  }

  /** @param {PeerSignal} message */
  signalled(message) {
    const { kind } = message;
    if (kind === "offer" || kind === "answer") return this.#careful(this.#description(kind, message.sdp));
    return this.#careful(this.#candidate(message));
  }

  /**
   * @param {"offer" | "answer"} type
   * @param {string} sdp
   */
  async #description(type, sdp) {
    // One description a connection, and of the kind that is awaited.
    if (this.described || (type === "offer") === (this.side === "desk")) return;
    this.described = true;
    const other = ofOneCertificate(sdp);
    await this.pc.setRemoteDescription({ type, sdp: other.sdp });
    // At once: the picture is then shown with its very first frame.
    if (this.phase === "open") this.onRemote(this.remote);
    else videoOf(this.remote);
    if (type === "offer") {
      for (const transceiver of this.pc.getTransceivers()) transceiver.direction = "sendrecv";
      await this.setTracks(this.local);
      await this.#describe("answer", await this.pc.createAnswer());
    }
    const own = ofOneCertificate(this.pc.localDescription?.sdp ?? "");
    void this.#compare(await this.check.between(own.fingerprint, other.fingerprint));
    await this.#takePaths();
  }

  /** @param {PeerSignal} message */
  async #candidate({ sdp, sdp_mid = null, sdp_m_line_index = null }) {
    if (!sdp || this.waiting.length >= MOST_WAITING) return; // the end of the list: nothing waits for it
    this.waiting.push({ candidate: sdp, sdpMid: sdp_mid, sdpMLineIndex: sdp_m_line_index });
    await this.#takePaths();
  }

  /** @param {MediaStream | null} stream */
  setTracks(stream) {
    this.local = stream;
    // One after the other: a sender refuses parameters that were read before the last change. The
    // first begins at once: a microtask later the page draws a whole screen before it.
    return this.#inTurn(() => this.#putTracks());
  }

  /** Change what the senders send, after what is being changed now. @param {() => Promise<void>} change */
  #inTurn(change) {
    const put = () => this.#careful(change());
    const putting = this.putting ? this.putting.then(put) : put();
    this.putting = putting;
    void putting.then(() => {
      if (this.putting === putting) this.putting = null;
    });
    return putting;
  }

  /** The own track of a kind, which nobody gets before the person is at the desk. @param {string} kind */
  #own(kind) {
    if (this.phase !== "open") return null;
    return this.local?.getTracks().find((one) => one.kind === kind) || null;
  }

  /** What goes out now: the rung, and the picture's bit/s. */
  get sent() {
    // Who cannot read must hear.
    const limit = this.limit === "text" && !this.talks ? "audio" : this.limit;
    const sent = under(this.ladder, limit);
    return sent.rung === "text" && !this.talks ? { rung: /** @type {Rung} */ ("audio"), cap: 0 } : sent;
  }

  /** Whether words reach the other end by this connection. */
  get talks() {
    return this.phase === "open" && this.channel.readyState === "open"
      && this.channel.bufferedAmount < TALK_BYTES;
  }

  /** Say something beside the picture. @param {string} text @returns {boolean} whether it is under way */
  say(text) {
    if (!this.talks) return false;
    this.channel.send(text);
    return true;
  }

  /** The most that a person on either side wants sent from now on. @param {Rung} limit */
  setLimit(limit) {
    if (limit === this.limit) return;
    this.limit = limit;
    void this.setTracks(this.local);
  }

  async #putTracks() {
    const transceivers = this.pc.getTransceivers();
    const put = (/** @type {string} */ kind) => Promise.all(
      transceivers.filter(({ receiver }) => receiver.track.kind === kind).map((one) => this.#putTrack(one)));
    // The picture first: opening the microphone's way holds up whatever is put in after it.
    await put("video");
    await put("audio");
  }

  /** @param {RTCRtpTransceiver} transceiver */
  async #putTrack({ sender, receiver }) {
    const { kind } = receiver.track;
    const track = this.#own(kind);
    if (sender.track !== track) await sender.replaceTrack(track);
    await boundSender(sender, encodingFor(kind, this.sent, this.begun));
  }

  #flow() {
    if (this.flowing) return;
    this.flowing = true;
    this.bytesAt = Date.now();
    this.onFlow();
  }

  #stateChanged() {
    const state = this.pc.connectionState;
    if (state === "connected") {
      this.connectedAt = this.connectedAt || Date.now();
      this.troubleAt = 0;
      void this.setTracks(this.local); // some browsers take the caps only now
      void this.#awaitMedia();
    } else if (state === "failed") {
      this.#trouble();
    } else if (state === "disconnected") {
      this.troubleAt = Date.now();
    }
  }

  /** Look often until the first media is there: the other person waits for this picture. */
  async #awaitMedia() {
    this.pacing ??= setInterval(() => void this.#keepPace(), PACE_MS);
    while (this.phase === "open" && !this.flowing && this.pc.connectionState === "connected") {
      await this.watch(Date.now());
      await new Promise((resolve) => setTimeout(resolve, FIRST_MS));
    }
    if (!this.flowing || this.begun) return;
    this.begun = true;
    void this.setTracks(this.local);
  }

  /** Let the watch see it at its next turn, which alone decides. */
  #trouble() {
    this.troubleAt = Date.now() - DISCONNECTED_MS;
  }

  /** Look at what came in. @param {number} now */
  async watch(now) {
    if (!this.connectedAt || this.phase !== "open") return;
    const seen = await readQuality(this.pc);
    if (seen.bytes > this.bytes) {
      this.bytes = seen.bytes;
      this.bytesAt = now;
    }
    this.steady ||= seen.media > 0;
    this.pace.makesUp(seen.concealed);
    this.verdict.take(seen.judged);
    this.#letSoundAlone(now);
    if (seen.media || now - this.connectedAt > NO_MEDIA_MS) this.#flow();
  }

  /** @param {string} kind */
  #sender(kind) {
    return this.pc.getSenders().find(({ track }) => track?.kind === kind);
  }

  /** Hear how the link is doing, and send as much as it carries. */
  async #keepPace() {
    if (this.pc.connectionState !== "connected") return;
    const came = await readCame(this.pc);
    const heard = came !== null && this.pace.heard(came, came.at);
    const sender = this.#sender("audio");
    const spoken = sender && (await readSpoken(sender));
    if ((spoken && this.pace.spoke(spoken, Date.now())) || heard) this.onNews();
    await this.#followWay();
    if (!sender || !spoken || !this.pace.freshens(spoken.level, Date.now())) return;
    void this.#inTurn(() => freshen(sender));
  }

  async #followWay() {
    this.looks += 1;
    const sender = this.#sender("video") ?? this.pc.getSenders()[0];
    if (!sender || (!this.pace.queues && this.looks % WAY_EVERY)) return;
    const way = await readWay(sender);
    if (this.pace.sent(way, Date.now())) void this.setTracks(this.local);
  }

  /**
   * Play the sound of who has no camera by itself: browsers play nothing of a stream before all of
   * it is there. A picture that stops later stays as it is.
   * @param {number} now
   */
  #letSoundAlone(now) {
    const picture = this.remote.getVideoTracks()[0];
    this.pictured = this.pictured || picture?.muted === false;
    const alone = !this.pictured && this.steady && now - this.connectedAt > NO_PICTURE_MS;
    if (alone === this.soundAlone) return;
    this.soundAlone = alone;
    this.onRemote(alone ? new MediaStream(this.remote.getAudioTracks()) : this.remote);
  }

  /**
   * Whether this connection is to be thrown away; one that is made ahead is judged when it is needed.
   * @param {number} now
   * @param {boolean} awaited the other end is in the room
   */
  broken(now, awaited) {
    if (this.phase !== "open") return false;
    if (this.troubleAt && now - this.troubleAt >= DISCONNECTED_MS) return true;
    if (!this.connectedAt) return awaited && now - this.startedAt > CONNECT_MS;
    return this.steady && now - this.bytesAt > (this.wordsOnly ? WORDS_MS : SILENT_MS);
  }

  /** Whether bytes of the other end's picture or sound come in right now. @param {number} now */
  hears(now) {
    return this.bytes > 0 && now - this.bytesAt <= SILENT_MS;
  }

  /** Whether media comes in right now. @param {number} now */
  flows(now) {
    return this.flowing && !this.broken(now, true);
  }

  /** Whether nothing has come in for as long as a new connection may take. @param {number} now */
  patienceOver(now) {
    return now - Math.max(this.bytesAt, this.startedAt) > CONNECT_MS;
  }

  /** A new try was asked for: do not ask again at once. @param {number} now */
  retried(now) {
    this.startedAt = now;
    this.bytesAt = now;
    this.troubleAt = this.troubleAt ? now : 0;
  }

  /** Let go of everything; the last remote picture stays where it is shown. */
  close() {
    const pc = this.pc;
    clearInterval(this.pacing);
    pc.onicecandidate = pc.ontrack = pc.onconnectionstatechange = null;
    this.channel.onmessage = this.channel.onopen = null;
    pc.close();
  }
}
