// The least that makes a video call between two tabs: a relay, an offer, an answer.
// `?side=phone` accepts and answers, `?side=desk` offers. With `camera=tap` the phone opens its
// camera in the tap that accepts, otherwise both are open long before.
const query = new URLSearchParams(location.search);
const isPhone = query.get("side") === "phone";
const onTap = isPhone && query.get("camera") === "tap";
const size = isPhone ? { width: 480, height: 360 } : { width: 640, height: 480 };
const video = document.querySelector("video");
let media = onTap ? null : await openCamera();
const relay = new WebSocket(`ws://${location.host}/relay?room=${query.get("camera")}`);
let pc = null;

function openCamera() {
  return navigator.mediaDevices.getUserMedia({ audio: true, video: { ...size, frameRate: 30 } });
}

const say = (message) => relay.send(JSON.stringify(message));

async function begin() {
  pc?.close();
  pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  pc.onicecandidate = ({ candidate }) => candidate && say({ candidate });
  pc.ontrack = ({ streams }) => (video.srcObject = streams[0]);
  media = await (media || openCamera());
  media.getTracks().forEach((track) => pc.addTrack(track, media));
}

document.querySelector("button").addEventListener("click", async () => {
  if (onTap) media = openCamera();
  say({ accepted: true });
  media = await media;
});

let steps = Promise.resolve();
relay.onmessage = ({ data }) => (steps = steps.then(() => take(JSON.parse(data))));

async function take({ accepted, description, candidate, ended }) {
  if (accepted || description?.type === "offer") await begin();
  if (description) await pc.setRemoteDescription(description);
  if (candidate) await pc.addIceCandidate(candidate);
  if (accepted || description?.type === "offer") {
    await pc.setLocalDescription();
    say({ description: pc.localDescription });
  }
  if (ended) hangUp();
}

function hangUp() {
  pc?.close();
  video.srcObject = null;
  if (onTap) {
    media?.getTracks().forEach((track) => track.stop());
    media = null;
  }
}

window.end = () => {
  say({ ended: true });
  hangUp();
};
relay.onopen = () => (document.body.dataset.ready = "yes");
