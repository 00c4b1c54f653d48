"""``python -m tests.events.record TREE NAME``: keep the stream of a release for the tests.

TREE is a checkout of it (``git worktree add TREE COMMIT``); its own code plays a small morning of
robots in a store of its own, and adds the events up. Both go to ``tests/events/streams``, to
``NAME.jsonl.gz``: the facts in the first line, then an event a line. A stream that is there is
never recorded anew.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

STREAMS = Path(__file__).resolve().parent / "streams"

#: Runs in the recorded tree; prints the facts, then the events.
_PROGRAM = """
import json, sys
from fairserver.domain.settings import FairSettings
from fairserver.domain.states import BoothMode
from fairserver.line.keys import stream_key
from fairserver.rehearsal.policy import ours
from fairserver.rehearsal.run import rehearse, scratch_store
from fairserver.rehearsal.scenario import Draws, Scenario

small = Scenario(name="small", mode=BoothMode.ONLINE, booths=3, desks_per_booth=1, people=40,
                 minutes=60, stay_from_min=20, stay_to_min=50, length_min=4)
with scratch_store() as store:
    tally = rehearse(store, Draws(small, 1), ours(FairSettings(), small.wishes_to), lambda _: None)
    fair = tally.projection
    facts = {
        "seq": fair.seq, "interviewed": fair.interviewed, "no_shows": fair.no_shows,
        "left": fair.left, "state": str(fair.state.value),
        "had": {c.candidate_id: c.had for c in fair.candidates.values()},
        "tickets": {
            t.ticket_id: [t.state.value, t.booth_id, t.misses, t.order]
            for t in fair.tickets.values()
        },
    }
    sys.stdout.write(json.dumps(facts) + "\\n")
    for _, fields in store.xrange(stream_key(fair.fair_id)):
        sys.stdout.write(fields[b"e"].decode() + "\\n")
"""


def record(tree: Path, name: str) -> Path:
    """Play, and keep what came of it; raises ``FileExistsError`` for a name that is there."""
    path = STREAMS / f"{name}.jsonl.gz"
    if path.exists():
        raise FileExistsError(path)
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], cwd=tree, check=True, stdout=subprocess.PIPE
    )
    path.write_bytes(gzip.compress(done.stdout, mtime=0))
    return path


if __name__ == "__main__":
    sys.stdout.write(f"{record(Path(sys.argv[1]), sys.argv[2])}\n")
