"""Places for messages on their way to receivers."""

from __future__ import annotations

from fairserver.notify.shares import PER_BOOTH, PER_WEBHOOK, SENDING, SLOW, Shares, Whose


def _fill(shares: Shares, whose: Whose) -> int:
    """Take every place that there is for a receiver; give how many."""
    count = 0
    while shares.free(whose):
        shares.take(whose)
        count += 1
    return count


def test_a_receiver_has_one_place_until_it_was_quick() -> None:
    shares, hook = Shares(), Whose("w1", "b1")
    assert _fill(shares, hook) == 1
    shares.judge(hook, taken=True, after_s=0.1)
    assert _fill(shares, hook) == PER_WEBHOOK - 1


def test_one_that_was_late_or_refused_is_back_at_one_place() -> None:
    for taken, after_s in ((True, 5.0), (False, 0.1)):
        shares, hook = Shares(), Whose("w1", "b1")
        shares.judge(hook, taken=True, after_s=0.1)
        assert shares.free(hook) == PER_WEBHOOK
        shares.judge(hook, taken=taken, after_s=after_s)
        assert shares.free(hook) == 1


def test_a_booth_has_its_share_however_many_webhooks_it_has() -> None:
    shares = Shares()
    hooks = [Whose(f"w{number}", "b1") for number in range(5)]
    for hook in hooks:
        shares.judge(hook, taken=True, after_s=0.1)
    assert sum(_fill(shares, hook) for hook in hooks) == PER_BOOTH


def test_all_slow_ones_together_leave_places_to_the_quick() -> None:
    shares = Shares()
    slow = [Whose(f"w{number}", f"b{number}") for number in range(2 * SENDING)]
    for hook in slow:
        shares.judge(hook, taken=False, after_s=10.0)
    assert sum(_fill(shares, hook) for hook in slow) == SLOW
    assert _fill(shares, Whose("new", "b-new")) == 1
    quick = Whose("quick", "b-quick")
    shares.judge(quick, taken=True, after_s=0.1)
    assert _fill(shares, quick) == PER_WEBHOOK


def test_a_place_that_is_given_back_is_free_again() -> None:
    shares, hook = Shares(), Whose("w1", "b1")
    _fill(shares, hook)
    shares.give_back(hook)
    assert _fill(shares, hook) == 1
