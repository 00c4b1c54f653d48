// Runs before any page of the benchmark: notes the tap that accepts and the first frame of the
// other person, both by the computer's clock. Our pages and the bare one are measured alike.
(() => {
  const own = new Set();
  const now = () => performance.timeOrigin + performance.now();
  const probe = {
    accepted: 0,
    /** Expect a new picture from now on; `picture` tells when it came. */
    reset() {
      probe.picture = new Promise((resolve) => (probe.seen = resolve));
    },
  };
  window.probe = probe;
  probe.reset();

  // The newest connection, to see whether the two have described themselves to each other.
  const Connection = RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(...settings) {
      super(...settings);
      probe.connection = this;
    }
  };
  const isDescribed = ({ connection } = probe) =>
    connection?.signalingState === "stable" && connection.remoteDescription !== null;
  probe.described = async () => {
    while (!isDescribed()) await new Promise(requestAnimationFrame);
  };

  const devices = navigator.mediaDevices;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (constraints) => {
    const stream = await open(constraints);
    stream.getTracks().forEach((track) => own.add(track.id));
    return stream;
  };

  addEventListener("click", ({ target }) => {
    if (target.closest("button.accept")) probe.accepted = now();
  }, true);

  const source = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject");
  Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
    get: source.get,
    set(stream) {
      source.set.call(this, stream);
      const isOwn = stream?.getTracks().some((track) => own.has(track.id));
      if (stream && !isOwn && this instanceof HTMLVideoElement) {
        this.requestVideoFrameCallback(() => probe.seen(now()));
      }
    },
  });
})();
