// The dialog in which a lost code is given again comes when it is asked for, not before.
import { bundle, later } from "../shared/later.js";

const codes = bundle(() => import("./new_code.js"), "/static/codes/words",
  ["/static/codes/codes.css"]);

/** @param {{ fairId: string, close: () => void }} props */
export function BesideCodes(props) {
  return later(codes, "NewCodeDialog", props);
}
