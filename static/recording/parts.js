// What a page needs of a recording, loaded when somebody asks for one.
export { DeskRecording } from "./desk.js";
export { RecordingNotice } from "./notice.js";
