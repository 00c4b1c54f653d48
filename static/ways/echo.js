// One test against the server's echo: own picture and sound there and back, and what was lost.
import { signal } from "../vendor/ui.js";
import { api, fairId } from "../shared/api.js";
import { encodingFor } from "../shared/encoding.js";
import { judgeTest } from "./verdict.js";

/**
 * @typedef {"connecting" | "running" | "over" | "refused"} EchoState
 * @typedef {import("./verdict.js").Findings} Findings
 */

/** The addresses of this phone are awaited so long at most; a slow server must not hold all up. */
const GATHER_MS = 3_000;
/** No connection by then: this network lets none through. */
const CONNECT_MS = 15_000;
const LOOK_MS = 500;
/** A test says enough after so long, and leaves its place to the next person. */
const ENOUGH_MS = 12_000;
/** Sound that a microphone took in when somebody spoke; below it is the hum of a quiet room. */
const SPOKEN_ENERGY = 1e-5;
/** As an interview begins. */
const SENT = /** @type {const} */ ({ rung: "video", cap: 300_000 });

/** One test, from the first question to the last word. */
export class EchoTest {
  /** @param {MediaStream} stream the own picture and sound */
  constructor(stream) {
    this.stream = stream;
    this.state = signal(/** @type {EchoState} */ ("connecting"));
    /** What comes back; null before anything does. */
    this.remote = signal(/** @type {MediaStream | null} */ (null));
    this.found = signal(/** @type {Findings} */ ({
      connected: false, sentVideo: stream.getVideoTracks().length > 0,
      sentAudio: stream.getAudioTracks().length > 0,
      frames: 0, heard: false, trip: 0, lost: 0, relayed: false,
    }));
    /** Why the server refused; `detail.again_s` says when to try again. */
    this.error = signal(/** @type {import("../shared/api.js").ApiError | null} */ (null));
    this.pc = /** @type {RTCPeerConnection | null} */ (null);
    void this.#run();
  }

  /** End it now; what was found stays. */
  close() {
    this.pc?.close();
    if (this.state.value !== "refused") this.state.value = "over";
  }

  /** The words for what was found so far. */
  verdict() {
    return judgeTest(this.found.value);
  }

  async #run() {
    try {
      const terms = await api("GET", `/api/fairs/${fairId()}/echo`);
      if (this.state.value === "over") return;
      const pc = this.#connection(terms.ice_servers);
      await pc.setLocalDescription(await pc.createOffer());
      await gathered(pc);
      const { sdp } = await api("POST", `/api/fairs/${fairId()}/echo`, { sdp: pc.localDescription?.sdp });
      await pc.setRemoteDescription({ type: "answer", sdp });
      await this.#watch(pc, Math.min(ENOUGH_MS, terms.seconds * 1000));
    } catch (error) {
      if (this.pc?.signalingState === "closed") return; // closed on the way: nobody looks any more
      this.error.value = /** @type {any} */ (error);
      this.state.value = "refused";
    }
    this.close();
  }

  /** @param {RTCIceServer[]} iceServers */
  #connection(iceServers) {
    const pc = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    this.pc = pc;
    const remote = new MediaStream();
    pc.ontrack = ({ track }) => {
      remote.addTrack(track);
      this.remote.value = remote;
    };
    for (const track of this.stream.getTracks()) {
      const sendEncodings = [encodingFor(track.kind, SENT)];
      pc.addTransceiver(track, { direction: "sendrecv", sendEncodings, streams: [this.stream] });
    }
    return pc;
  }

  /**
   * Look until enough was seen, or nothing comes.
   * @param {RTCPeerConnection} pc
   * @param {number} enough ms
   */
  async #watch(pc, enough) {
    const started = Date.now();
    let flowsSince = 0;
    while (this.state.value !== "over") {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      const connected = pc.connectionState === "connected";
      if (connected && !flowsSince) {
        flowsSince = Date.now();
        this.state.value = "running";
      }
      if (flowsSince && !connected) return; // the echo has ended it
      if (connected) this.found.value = { ...this.found.value, connected, ...(await readTest(pc)) };
      if (flowsSince ? Date.now() - flowsSince > enough : Date.now() - started > CONNECT_MS) return;
    }
  }
}

/** Wait for the own addresses. @param {RTCPeerConnection} pc */
function gathered(pc) {
  return new Promise((resolve) => {
    const done = () => resolve(undefined);
    if (pc.iceGatheringState === "complete") return done();
    pc.addEventListener("icegatheringstatechange", () => pc.iceGatheringState === "complete" && done());
    setTimeout(done, GATHER_MS);
  });
}

/**
 * @param {RTCPeerConnection} pc
 * @returns {Promise<Pick<Findings, "frames" | "heard" | "trip" | "lost" | "relayed">>}
 */
async function readTest(pc) {
  const found = { frames: 0, heard: false, trip: 0, lost: 0, relayed: false };
  const stats = await pc.getStats();
  stats.forEach((stat) => {
    if (stat.type === "media-source" && stat.kind === "audio") found.heard = (stat.totalAudioEnergy || 0) > SPOKEN_ENERGY;
    if (stat.type === "remote-inbound-rtp") found.lost = Math.max(found.lost, stat.fractionLost || 0);
    if (stat.type === "candidate-pair" && stat.nominated && stat.state === "succeeded") {
      found.trip = stat.currentRoundTripTime || 0;
      found.relayed = stats.get(stat.localCandidateId)?.candidateType === "relay";
    }
    if (stat.type !== "inbound-rtp") return;
    if (stat.kind === "video") found.frames = stat.framesDecoded || 0;
    const all = (stat.packetsLost || 0) + (stat.packetsReceived || 0);
    // The first packets of a connection are often lost, and a share of few says nothing.
    if (all > 100) found.lost = Math.max(found.lost, (stat.packetsLost || 0) / all);
  });
  return found;
}
