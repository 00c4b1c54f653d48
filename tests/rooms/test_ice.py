"""The servers that two ends connect through, and coturn's own check of a user."""

from __future__ import annotations

import base64
import hashlib
import hmac

from fairserver.rooms.ice import IcePlan

SECRET = b"a secret that coturn knows too"


def test_without_servers_ends_connect_directly() -> None:
    assert IcePlan().servers_for("peer-one", 0) == []


def test_a_turn_user_is_what_coturn_expects_and_ends_in_time() -> None:
    plan = IcePlan(["stun:a:3478"], ["turn:a:3478?transport=udp"], SECRET, 600)
    stun, turn = plan.servers_for("peer-one", 1_795_600_000.7)
    assert (stun.urls, stun.username, stun.credential) == (["stun:a:3478"], None, None)
    assert turn.username == "1795600600:peer-one"
    # coturn, use-auth-secret: base64(hmac-sha1(static-auth-secret, username))
    expected = base64.b64encode(hmac.digest(SECRET, turn.username.encode(), hashlib.sha1))
    assert turn.credential == expected.decode()


def test_every_peer_and_every_moment_has_a_user_of_its_own() -> None:
    plan = IcePlan([], ["turn:a"], SECRET)
    users = [
        plan.servers_for(peer, now)[0].username for peer in ("peer-a", "peer-b") for now in (1, 2)
    ]
    assert len(set(users)) == 4
