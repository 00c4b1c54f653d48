// Runs before any page of the benchmark: notes the tap that begins the call and the first frame of the
// other person, both by the computer's clock. Our pages and the bare one are measured alike.
(() => {
  const own = new Set();
  const now = () => performance.timeOrigin + performance.now();
  const probe = {
    begun: 0,
    /** Press what begins the call, and note when. */
    begin(selector) {
      probe.begun = now();
      document.querySelector(selector).click();
    },
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
  const isConnected = () => probe.connection?.connectionState === "connected";
  const until = async (holds) => {
    while (!holds()) await new Promise(requestAnimationFrame);
  };
  probe.described = () => until(isDescribed);
  probe.connected = () => until(isConnected);

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
      if (stream && !isOwn && this instanceof HTMLVideoElement) {
        this.requestVideoFrameCallback(() => probe.seen(now()));
      }
    },
  });
})();
