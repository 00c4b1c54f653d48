"""How the suite's verdicts are summed up."""

from __future__ import annotations

from tests.autobahn.__main__ import judge


def test_a_bad_verdict_is_a_fault() -> None:
    found = judge({"1.1.1": "OK", "7.1.5": "NON-STRICT", "2.1": "WRONG CODE"})
    assert (found["cases"], found["verdicts"]["OK"]) == (3, 1)
    assert found["faults"] == {"2.1": "WRONG CODE"}
