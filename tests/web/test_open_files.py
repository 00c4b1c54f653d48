"""A node asks the system for as many open files as it lets clients in, and says when it may not."""

from __future__ import annotations

import pytest

from fairserver.web.open_files import SPARE_FILES, make_room

resource = pytest.importorskip("resource")


@pytest.mark.parametrize(
    ("limits", "wanted"),
    [
        ((256, 8192), [(5000 + SPARE_FILES, 8192)]),
        ((7200, 8192), []),
        ((256, resource.RLIM_INFINITY), [(5000 + SPARE_FILES, resource.RLIM_INFINITY)]),
        ((256, 4096), [(4096, 4096)]),
    ],
)
def test_the_soft_limit_is_raised_as_far_as_the_system_lets_it(
    monkeypatch: pytest.MonkeyPatch, limits: tuple[int, int], wanted: list[tuple[int, int]]
) -> None:
    made: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits)
    monkeypatch.setattr(resource, "setrlimit", lambda _, both: made.append(both))
    warning = make_room(5000)
    assert made == wanted
    if limits[1] == 4096:
        assert warning is not None
        assert "max_connections is 5000" in warning
        assert "4096" in warning
    else:
        assert warning is None
