// Runs before any page of the ladder's benchmark: sums what getStats says of everything that came in,
// over all connections of the page, and notes when the other person's picture moved and how large.
(() => {
  const connections = [];
  const Connection = RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(...settings) {
      super(...settings);
      connections.push({ pc: this, last: {} });
    }
  };

  const COUNTED = ["concealedSamples", "silentConcealedSamples", "totalSamplesReceived",
    "jitterBufferDelay", "jitterBufferEmittedCount", "freezeCount", "totalFreezesDuration",
    "framesDecoded", "bytesReceived"];
  const sums = {};
  const own = new Set();
  const frames = { count: 0, at: 0, longest: 0, width: 0 };

  const devices = navigator.mediaDevices;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (constraints) => {
    const stream = await open(constraints);
    stream.getTracks().forEach((track) => own.add(track.id));
    return stream;
  };
  const source = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject");
  Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
    get: source.get,
    set(stream) {
      source.set.call(this, stream);
      const isOwn = stream?.getTracks().some((track) => own.has(track.id));
      if (stream && !isOwn && this instanceof HTMLVideoElement) watch(this);
    },
  });

  function watch(video) {
    video.requestVideoFrameCallback(function seen(now, { width }) {
      if (frames.at) frames.longest = Math.max(frames.longest, now - frames.at);
      Object.assign(frames, { count: frames.count + 1, at: now, width });
      video.requestVideoFrameCallback(seen);
    });
  }

  /** One reading: sums since the page began, the round trip and the picture's width now. */
  async function read() {
    let trip = 0;
    for (const one of connections) {
      for (const stat of (await one.pc.getStats()).values()) {
        if (stat.type === "candidate-pair" && stat.nominated) trip = stat.currentRoundTripTime || 0;
        if (stat.type === "inbound-rtp") add(one.last, stat);
      }
    }
    const { count, longest, width } = frames;
    frames.longest = 0;
    const still = frames.at ? performance.now() - frames.at : 0;
    return { ...sums, at: Date.now(), trip, frames: count, longest: Math.max(longest, still), width };
  }

  function add(last, stat) {
    for (const name of COUNTED) {
      const key = `${stat.kind}.${name}`;
      const value = stat[name] || 0;
      sums[key] = (sums[key] || 0) + value - (last[key] || 0);
      last[key] = value;
    }
  }
  window.meter = { read };
})();
