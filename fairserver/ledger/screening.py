"""Answers to employers' questions: the person's own, and what an adviser wrote down.

Personal data, so here and never in an event; erased with the person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from fairserver.domain.codes import QuestionKind
from fairserver.domain.fair_plan import QuestionEntry
from fairserver.domain.states import RoomSide
from fairserver.domain.texts import clean_text
from fairserver.ledger import tables
from fairserver.ledger.database import Database
from fairserver.ledger.erased import check_not_erased
from fairserver.ledger.forms import FieldFault, refusal
from fairserver.ledger.second_interviews import Turn
from fairserver.protocol.errors import Code
from fairserver.protocol.types import Millis

_answers = tables.screening_answers

YES_NO = ("yes", "no")


class ScreeningAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One answer about one turn. ``side`` says who wrote it down: ``candidate`` or ``desk``.

    ``answer`` is ``yes`` or ``no`` for kind ``yes_no``; ``question`` is as it was asked then.
    """

    ticket_id: str
    question_id: str
    side: RoomSide
    question: str
    kind: QuestionKind
    answer: str
    at: Millis


class Screening:
    """The answers of all fairs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(
        self,
        turn: Turn,
        side: RoomSide,
        questions: Sequence[QuestionEntry],
        answers: Mapping[str, str],
    ) -> int:
        """Keep answers by ``question_id``; an empty one is deleted, others stay as they are.

        Gives how many questions this side has answered now. Raises ``Refused`` ``field_wrong``
        for an answer to none of ``questions``, or one that is no choice.
        """
        known = {question.question_id: question for question in questions}
        clean = {name: clean_text(answer) for name, answer in answers.items()}
        faults = [_fault(known.get(name), name, said) for name, said in clean.items()]
        if wrong := [fault for fault in faults if fault is not None]:
            raise refusal(wrong)
        mine = (
            (_answers.c.fair_id == turn.fair_id)
            & (_answers.c.ticket_id == turn.ticket_id)
            & (_answers.c.side == side.value)
        )
        async with self._database.write() as connection:
            await check_not_erased(connection, turn.candidate_id)
            for name, said in clean.items():
                if said:
                    await self._keep(connection, turn, side, known[name], said)
                else:
                    taken_back = mine & (_answers.c.question_id == name)
                    await connection.execute(delete(_answers).where(taken_back))
            counted = select(func.count()).select_from(_answers).where(mine)
            return int((await connection.execute(counted)).scalar_one())

    async def _keep(
        self,
        connection: AsyncConnection,
        turn: Turn,
        side: RoomSide,
        question: QuestionEntry,
        answer: str,
    ) -> None:
        said = {
            "question": question.text.vi,
            "kind": question.kind.value,
            "answer": answer,
            "at": self._database.now(),
        }
        key = {"question_id": question.question_id, "side": side.value}
        await connection.execute(
            self._database.insert(_answers)
            .values(**msgspec.structs.asdict(turn), **key, **said)
            .on_conflict_do_update(index_elements=["fair_id", "ticket_id", *key], set_=said)
        )

    async def of_ticket(self, fair_id: str, ticket_id: str) -> list[ScreeningAnswer]:
        """List the answers about one turn."""
        asked = select(_answers).where(
            _answers.c.fair_id == fair_id, _answers.c.ticket_id == ticket_id
        )
        async with self._database.read() as connection:
            rows = await connection.execute(asked.order_by(_answers.c.question_id, _answers.c.side))
            return [msgspec.convert(row, ScreeningAnswer, from_attributes=True) for row in rows]

    async def of_candidate(self, candidate_id: str) -> list[ScreeningAnswer]:
        """List every answer of one person, turn by turn."""
        asked = select(_answers).where(_answers.c.candidate_id == candidate_id)
        order = (_answers.c.ticket_id, _answers.c.question_id, _answers.c.side)
        async with self._database.read() as connection:
            rows = await connection.execute(asked.order_by(*order))
            return [msgspec.convert(row, ScreeningAnswer, from_attributes=True) for row in rows]

    async def delete(self, fair_id: str, ticket_id: str) -> None:
        """Delete every answer about one turn, whoever wrote it down."""
        async with self._database.write() as connection:
            await connection.execute(
                delete(_answers).where(
                    _answers.c.fair_id == fair_id, _answers.c.ticket_id == ticket_id
                )
            )
        await self._database.empty_log()


def _fault(question: QuestionEntry | None, name: str, said: str) -> FieldFault | None:
    if not said:  # also of a question that was taken back meanwhile
        return None
    if question is None or (
        question.kind is not QuestionKind.TEXT and said not in _allowed(question)
    ):
        return FieldFault(field=name, code=Code.FIELD_WRONG, problem="not_a_choice")
    return None


def _allowed(question: QuestionEntry) -> Sequence[str]:
    if question.kind is QuestionKind.YES_NO:
        return YES_NO
    return [clean_text(choice.vi) for choice in question.choices]
