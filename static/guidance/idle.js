// Which booths have a desk free right now, as anybody may see it in the hall's view.
import { useEffect } from "../vendor/ui.js";
import { link, tickets } from "../candidate/state.js";

/**
 * The booths where a newcomer would be called at once, as one string: it changes only when one
 * becomes free or stops being so.
 */
export function idleBooths() {
  const cells = link.value?.cells("hall").value ?? {};
  const mine = new Set(tickets.value.map(({ booth_id }) => booth_id));
  return Object.keys(cells).filter((key) => key.startsWith("booth/")).map((key) => cells[key])
    .filter(({ booth_id, wait }) => wait.reason === "range" && (wait.high_min ?? 99) <= 1
      && !mine.has(booth_id))
    .map(({ booth_id }) => booth_id).sort().join(" ");
}

/** Hear of the hall while this is on the screen, and only then. */
export function useHall() {
  const live = link.value;
  useEffect(() => {
    const follow = () => {
      if (document.visibilityState === "visible") live?.watch("hall");
      else live?.unwatch("hall");
    };
    follow();
    document.addEventListener("visibilitychange", follow);
    return () => {
      document.removeEventListener("visibilitychange", follow);
      live?.unwatch("hall");
    };
  }, [live]);
}
