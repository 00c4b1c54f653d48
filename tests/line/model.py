"""A small model of the claim protocol, and a search through all that can happen in it.

Two desks of two booths and two candidates who stand at both; two nodes that carry out what
clients ask. A client sends a command to a node and repeats it, to either node, until it has an
answer. A node may be killed at any moment: before its step, or between the step and the answer.
Deadlines are fired by either node. The store's step is one piece, as the Lua functions are, or,
planted, a check and an act apart.

``explore`` walks every order of these steps, breadth first, so a way to a fault is a shortest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

BOTH = (0, 1)

PERSON_TWICE = "one person at two desks"
DESK_TWICE = "two people at one desk"
COMMAND_TWICE = "a command took effect twice"
MISSED_TWICE = "one call was missed twice"
ANSWERED_FOR_NOTHING = "an answered command is not in the store"

#: What a ticket may be: waiting, called, accepted, over.
WAITING, CALLED, ACCEPTED, OVER = "wcax"
_HELD = (CALLED, ACCEPTED)


class Command(NamedTuple):
    """``who`` sends it for the ``number``-th time; desks are 0 and 1, candidates 2 and 3.

    A deadline is fired by a node itself: ``who`` is -1, and nothing is remembered of it.
    """

    kind: str
    who: int
    number: int
    candidate: int
    desk: int


class Store(NamedTuple):
    """What the live store holds. Tickets are by candidate and desk: ``tickets[2 * c + d]``."""

    tickets: tuple[str, ...] = (WAITING,) * 4
    calls: tuple[int, ...] = (0,) * 4
    misses: tuple[int, ...] = (0,) * 4
    #: Commands answered, by which repeats are known, and those that changed something.
    answered: frozenset[Command] = frozenset()
    effects: frozenset[Command] = frozenset()


class Task(NamedTuple):
    """A command at a node: got, checked (with what the check decided) or done."""

    command: Command
    phase: str = "got"
    decided: str | None = None
    candidate: int = -1


class World(NamedTuple):
    """All of it at one moment; the two nodes are alike, so their order says nothing."""

    store: Store = Store()
    #: By client: how many commands it has sent, and the one without an answer.
    sent: tuple[int, ...] = (0,) * 4
    pending: tuple[Command | None, ...] = (None,) * 4
    nodes: tuple[Task | None, ...] = (None, None)
    kills: int = 0
    fired: int = 0


class Rules(NamedTuple):
    """How the store works, the product's way, and how much may happen in one run."""

    atomic: bool = True
    remembers: bool = True
    #: Whether a client repeats a command while a node still works on it, or only after a kill.
    hasty: bool = True
    desk_commands: int = 2
    candidate_commands: int = 1
    kills: int = 1
    deadlines: int = 1


class Found(NamedTuple):
    """What a search has come to."""

    states: int
    steps: int
    #: The fault looked for, and the shortest way to it; empty when there is none.
    fault: str = ""
    way: tuple[str, ...] = ()


def put(items: tuple, at: int, item: object) -> tuple:  # type: ignore[type-arg]
    """Give a copy with one item changed."""
    return (*items[:at], item, *items[at + 1 :])


# --- the store --------------------------------------------------------------------------------


def decide(store: Store, command: Command) -> tuple[str | None, int]:
    """Check a command: what the ticket becomes (None: refused), and whose it is."""
    place = 2 * command.candidate + command.desk
    match command.kind:
        case "call":
            return decide_call(store, command.desk)
        case "accept" if store.tickets[place] == CALLED:
            return ACCEPTED, command.candidate
        case "miss" | "deadline" if store.tickets[place] == CALLED:
            return WAITING, command.candidate
        case "finish" if store.tickets[place] == ACCEPTED:
            return OVER, command.candidate
    return None, command.candidate


def decide_call(store: Store, desk: int) -> tuple[str | None, int]:
    """Find the first candidate whom a free desk may call."""
    if not any(store.tickets[2 * c + desk] in _HELD for c in BOTH):
        for c in BOTH:
            is_held = any(store.tickets[2 * c + d] in _HELD for d in BOTH)
            if store.tickets[2 * c + desk] == WAITING and not is_held:
                return CALLED, c
    return None, -1


def act(store: Store, command: Command, becomes: str | None, candidate: int) -> tuple[Store, str]:
    """Write what was decided; give the fault that this is, or ""."""
    own = frozenset() if command.who < 0 else frozenset({command})
    if becomes is None:
        return store._replace(answered=store.answered | own), ""
    place = 2 * candidate + command.desk
    store = store._replace(tickets=put(store.tickets, place, becomes))
    if becomes == CALLED:
        store = store._replace(calls=put(store.calls, place, store.calls[place] + 1))
    if becomes == WAITING:
        store = store._replace(misses=put(store.misses, place, store.misses[place] + 1))
    twice = COMMAND_TWICE if command in store.effects else ""
    after = store._replace(answered=store.answered | own, effects=store.effects | own)
    return after, twice or fault_of(after)


def fault_of(store: Store) -> str:
    """Name what must never be, or ""."""
    for one in BOTH:
        if all(store.tickets[2 * one + d] in _HELD for d in BOTH):
            return PERSON_TWICE
        if all(store.tickets[2 * c + one] in _HELD for c in BOTH):
            return DESK_TWICE
    if any(m > c for m, c in zip(store.misses, store.calls, strict=True)):
        return MISSED_TWICE
    return ""


# --- what may happen next ---------------------------------------------------------------------

#: What happened, the world after it, and the fault that it is.
Step = tuple[str, World, str]


def steps(world: World, rules: Rules) -> Iterator[Step]:
    """Give everything that may happen next."""
    yield from asking(world, rules)
    yield from sending(world, rules)
    for at, task in enumerate(world.nodes):
        if task is not None:
            yield from working(world, at, task, rules)
            if world.kills < rules.kills:
                killed = world._replace(kills=world.kills + 1)
                yield f"the node with {name(task.command)} is killed", with_node(killed, at), ""


def with_node(world: World, at: int, task: Task | None = None) -> World:
    """Let a node have a task or none."""
    nodes = put(world.nodes, at, task)
    return world._replace(nodes=tuple(sorted(nodes, key=lambda t: (t is not None, t or ()))))


def asking(world: World, rules: Rules) -> Iterator[Step]:
    """Let a client without an open command want something that makes sense to it."""
    for who in range(4):
        limit = rules.desk_commands if who < 2 else rules.candidate_commands
        if world.pending[who] is None and world.sent[who] < limit:
            for kind, candidate, desk in wishes(world.store, who):
                command = Command(kind, who, world.sent[who], candidate, desk)
                after = world._replace(
                    sent=put(world.sent, who, world.sent[who] + 1),
                    pending=put(world.pending, who, command),
                )
                yield f"{name(command)} is wanted", after, ""


def wishes(store: Store, who: int) -> Iterator[tuple[str, int, int]]:
    """Tell what a client would ask for."""
    if who >= 2:
        for d in BOTH:
            if store.tickets[2 * (who - 2) + d] == CALLED:
                yield "accept", who - 2, d
        return
    held = [c for c in BOTH if store.tickets[2 * c + who] in _HELD]
    if not held:
        yield "call", -1, who
    for c in held:
        yield ("miss" if store.tickets[2 * c + who] == CALLED else "finish"), c, who


def sending(world: World, rules: Rules) -> Iterator[Step]:
    """Let a free node get a command that waits for its answer, for the first time or again."""
    if None not in world.nodes:
        return
    at = world.nodes.index(None)
    under_way = {task.command for task in world.nodes if task is not None}
    for command in world.pending:
        if command is not None and (rules.hasty or command not in under_way):
            yield f"a node gets {name(command)}", with_node(world, at, Task(command)), ""
    for c in BOTH:
        for d in BOTH:
            if world.store.tickets[2 * c + d] == CALLED and world.fired < rules.deadlines:
                fire = Command("deadline", -1, 0, c, d)
                yield (
                    f"a node finds {name(fire)}",
                    with_node(world._replace(fired=world.fired + 1), at, Task(fire)),
                    "",
                )


def working(world: World, at: int, task: Task, rules: Rules) -> Iterator[Step]:
    """Let a node take the next step of what it is doing."""
    if task.phase == "done":
        yield from answering(world, at, task)
        return
    if task.phase == "got":
        if rules.remembers and task.command in world.store.answered:
            yield (
                f"{name(task.command)} is known",
                with_node(world, at, Task(task.command, "done")),
                "",
            )
            return
        task = task._replace(phase="checked")
        decided, candidate = decide(world.store, task.command)
        task = task._replace(decided=decided, candidate=candidate)
        if not rules.atomic:
            yield f"{name(task.command)} is checked", with_node(world, at, task), ""
            return
    store, fault = act(world.store, task.command, task.decided, task.candidate)
    done = with_node(world._replace(store=store), at, Task(task.command, "done"))
    yield f"{name(task.command)} is carried out", done, fault


def answering(world: World, at: int, task: Task) -> Iterator[Step]:
    """Let the answer reach its client, if that still waits for it."""
    after, who = with_node(world, at), task.command.who
    if who >= 0 and world.pending[who] == task.command:
        after = after._replace(pending=put(world.pending, who, None))
    missing = who >= 0 and task.command not in world.store.answered
    yield f"{name(task.command)} is answered", after, ANSWERED_FOR_NOTHING if missing else ""


def name(command: Command) -> str:
    """Say a command in words."""
    who = f"desk {command.who}" if command.who in BOTH else f"candidate {command.who - 2}"
    if command.who < 0:
        who = f"the deadline of candidate {command.candidate} at desk {command.desk}"
    return f"{who}: {command.kind} #{command.number}"


def explore(rules: Rules, looking_for: str = "") -> Found:
    """Walk through everything that can happen, until a fault (or the one looked for) is found."""
    came_from: dict[World, tuple[World, str] | None] = {World(): None}
    queue, taken = deque([World()]), 0
    while queue:
        world = queue.popleft()
        for what, after, fault in steps(world, rules):
            taken += 1
            if fault and (not looking_for or fault == looking_for):
                return Found(len(came_from), taken, fault, (*way_to(world, came_from), what))
            if not fault and after not in came_from:
                came_from[after] = (world, what)
                queue.append(after)
    return Found(len(came_from), taken)


def way_to(world: World, came_from: dict[World, tuple[World, str] | None]) -> list[str]:
    """Tell the steps that led to a world."""
    way: list[str] = []
    while (before := came_from[world]) is not None:
        world, what = before
        way.append(what)
    return way[::-1]
