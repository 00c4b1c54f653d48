"""The tables of the lasting record, for SQLite and PostgreSQL alike.

Times are ``Millis`` in ``BigInteger`` columns. Secrets (links, codes, session tokens) are stored
as hashes only. The event archive holds no personal data: names, telephone numbers and notes have
tables of their own.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: SQLite numbers rows by itself only for a column of type INTEGER.
_RowId = BigInteger().with_variant(Integer, "sqlite")


def _fair_id(*, primary_key: bool = False) -> Column[str]:
    """A reference to the fair that a row belongs to."""
    return Column(
        "fair_id", String(40), ForeignKey("fairs.fair_id"), primary_key=primary_key, nullable=False
    )


# --- the fair and what it offers ------------------------------------------------------------

fairs = Table(
    "fairs",
    metadata,
    Column("fair_id", String(40), primary_key=True),
    # ISO date of the fair's day: ages are counted for this day.
    Column("date", String(10), nullable=False),
    Column("plan", Text, nullable=False),
    Column("digest", String(128), nullable=False),
    Column("loaded_at", BigInteger, nullable=False),
    # JSON list of the booths that earlier plans had and this one has not: people met them.
    Column("former_booths", Text, server_default="[]", nullable=False),
)

booths = Table(
    "booths",
    metadata,
    _fair_id(primary_key=True),
    Column("booth_id", String(24), primary_key=True),
    # As people see it: "07".
    Column("number", String(4), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("mode", String(16), nullable=False),
    Column("name", Text, nullable=False),
)

vacancies = Table(
    "vacancies",
    metadata,
    Column("fair_id", String(40), primary_key=True),
    Column("vacancy_id", String(32), primary_key=True),
    Column("booth_id", String(24), nullable=False),
    Column("title", Text, nullable=False),
    Column("openings", Integer, nullable=False),
    ForeignKeyConstraint(["fair_id", "booth_id"], ["booths.fair_id", "booths.booth_id"]),
    Index(None, "fair_id", "booth_id"),
)

#: What an employer corrects of its own booth: laid over the plan, which a file may bring anew.
booth_corrections = Table(
    "booth_corrections",
    metadata,
    _fair_id(primary_key=True),
    Column("booth_id", String(24), primary_key=True),
    # Rises with every correction of the booth.
    Column("revision", Integer, nullable=False),
    Column("correction", Text, nullable=False),
    Column("changed_by", String(48), nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)

# --- who works at the fair ------------------------------------------------------------------

staff = Table(
    "staff",
    metadata,
    Column("staff_id", String(24), primary_key=True),
    _fair_id(),
    Column("role", String(16), nullable=False),
    Column("booth_id", String(24)),
    Column("display_name", Text, nullable=False),
    # ``staff:<id>`` or ``system``; null for those of an older release.
    Column("created_by", String(48)),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    # With whose right this one ended, while nobody has decided: ``staff:<id>``.
    Column("ended_with", String(48)),
    Index(None, "fair_id"),
    Index(None, "created_by"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("staff_id", String(24), ForeignKey("staff.staff_id"), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger),
    Column("revoked_at", BigInteger),
    Index(None, "staff_id"),
)

#: The members of staff who are machines; how they come in is an invitation like any other.
devices = Table(
    "devices",
    metadata,
    Column("staff_id", String(24), ForeignKey("staff.staff_id"), primary_key=True),
    Column("code_expires_at", BigInteger, nullable=False),
    Column("paired_at", BigInteger),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    # Public name of the signed-in identity; it names the cookie.
    Column("slot", String(24), nullable=False),
    _fair_id(),
    Column("role", String(16), nullable=False),
    # A ``staff_id``, or a ``candidate_id`` when the role is ``candidate``.
    Column("subject_id", String(24), nullable=False),
    Column("booth_id", String(24)),
    Column("display_name", Text, nullable=False),
    # Of what kind the browser or program is, in one coarse word.
    Column("agent", String(16), nullable=False, server_default=""),
    Column("created_at", BigInteger, nullable=False),
    Column("last_seen_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    UniqueConstraint("slot"),
    Index(None, "subject_id"),
)

#: Browsers that asked to be told of the turn. The address is kept readable: it must be written to.
push_subscriptions = Table(
    "push_subscriptions",
    metadata,
    # Of the endpoint, which is too long for an index.
    Column("endpoint_hash", String(64), primary_key=True),
    Column("slot", String(24), ForeignKey("sessions.slot", ondelete="CASCADE"), nullable=False),
    Column(
        "candidate_id",
        String(24),
        ForeignKey("people.candidate_id", ondelete="CASCADE"),
        nullable=False,
    ),
    # Which of our keys the browser subscribed with.
    Column("key_id", String(16), nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("p256dh", String(100), nullable=False),
    Column("auth", String(40), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("slot"),
    Index(None, "candidate_id"),
)

# --- the people ------------------------------------------------------------------------------

people = Table(
    "people",
    metadata,
    Column("candidate_id", String(24), primary_key=True),
    _fair_id(),
    # Keyed hash of the entry page's own random name for this registration: a repeat finds the
    # first, and who reads it here can repeat nothing.
    Column("request_id", String(64), nullable=False),
    # Printed on every ticket; null until the live line has given it.
    Column("number", Integer),
    Column("full_name", Text, nullable=False),
    # Without marks and case, for search.
    Column("full_name_plain", Text, nullable=False),
    # E.164, or null for "no phone".
    Column("phone", String(16)),
    Column("birth_year", Integer, nullable=False),
    Column("sex", String(8), nullable=False),
    Column("commune", Text, nullable=False),
    Column("wish", Text, nullable=False),
    Column("language", String(8), nullable=False),
    # Empty since codes are derived; a node of the release before, beside this one, names it.
    Column("code_hash", Text, nullable=False),
    # Which code and which link of the person work: the derived ones of these versions.
    Column("code_version", Integer, nullable=False, server_default="1"),
    Column("link_version", Integer, nullable=False, server_default="1"),
    Column("created_at", BigInteger, nullable=False),
    # Set once nothing names the person any more; the other columns then hold no answers.
    Column("erased_at", BigInteger),
    UniqueConstraint("fair_id", "request_id"),
    UniqueConstraint("fair_id", "number"),
    Index(None, "fair_id", "full_name_plain"),
)

candidate_links = Table(
    "candidate_links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("candidate_id", String(24), ForeignKey("people.candidate_id"), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Index(None, "candidate_id"),
)

#: Wrong tries to sign in and registrations, by number, address and fair: each under a keyed hash.
tries = Table(
    "tries",
    metadata,
    Column("subject", String(32), primary_key=True),
    Column("tries", Integer, nullable=False),
    # What these two mean is said in ``guessing.Count``.
    Column("until", BigInteger, nullable=False),
    Column("forget_at", BigInteger, nullable=False),
    Index(None, "forget_at"),
)

#: Append-only: the newest row of a purpose holds; older rows are the proof of what was said.
consents = Table(
    "consents",
    metadata,
    Column("consent_id", _RowId, primary_key=True),
    Column("candidate_id", String(24), ForeignKey("people.candidate_id"), nullable=False),
    Column("purpose", String(24), nullable=False),
    # The booth that it is about; null where it is about none in particular.
    Column("booth_id", String(24)),
    # The command that said it: its repeat adds nothing.
    Column("command_id", String(40)),
    Column("given", Boolean, nullable=False),
    Column("text_version", String(24), nullable=False),
    Column("language", String(8), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("recorded_by", String(48), nullable=False),
    UniqueConstraint("candidate_id", "recorded_by", "command_id"),
    Index(None, "candidate_id", "purpose"),
)

notes = Table(
    "notes",
    metadata,
    Column("note_id", _RowId, primary_key=True),
    _fair_id(),
    Column("ticket_id", String(16), nullable=False),
    Column("staff_id", String(24), ForeignKey("staff.staff_id"), nullable=False),
    # The command that brought the note: its repeat adds nothing.
    Column("command_id", String(40)),
    Column("text", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    UniqueConstraint("fair_id", "staff_id", "command_id"),
    Index(None, "fair_id", "ticket_id"),
)

#: What a person answers to an employer's questions, and what an adviser writes down in its place.
screening_answers = Table(
    "screening_answers",
    metadata,
    _fair_id(primary_key=True),
    Column("ticket_id", String(16), primary_key=True),
    Column("question_id", String(32), primary_key=True),
    # ``candidate`` or ``desk``: who wrote it down.
    Column("side", String(16), primary_key=True),
    Column("booth_id", String(24), nullable=False),
    Column("candidate_id", String(24), ForeignKey("people.candidate_id"), nullable=False),
    # As it was asked: the question may be changed later.
    Column("question", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index(None, "candidate_id"),
)

# --- after the interview ----------------------------------------------------------------------

#: Times that a booth has free for second interviews.
interview_slots = Table(
    "interview_slots",
    metadata,
    Column("slot_id", String(24), primary_key=True),
    _fair_id(),
    Column("booth_id", String(24), nullable=False),
    Column("starts_at", BigInteger, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("online", Boolean, nullable=False),
    Column("place", Text, nullable=False),
    Column("created_by", String(24), ForeignKey("staff.staff_id"), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("fair_id", "booth_id", "starts_at"),
)

#: One for a turn; a slot is held by one of them at most, and by none that is off.
second_interviews = Table(
    "second_interviews",
    metadata,
    Column("second_interview_id", String(24), primary_key=True),
    _fair_id(),
    Column("ticket_id", String(16), nullable=False),
    Column("booth_id", String(24), nullable=False),
    Column("candidate_id", String(24), ForeignKey("people.candidate_id"), nullable=False),
    Column("slot_id", String(24), ForeignKey("interview_slots.slot_id")),
    Column("starts_at", BigInteger, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("online", Boolean, nullable=False),
    Column("place", Text, nullable=False),
    Column("state", String(16), nullable=False),
    # Rises with every other date or place, and when it is cancelled.
    Column("sequence", Integer, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    UniqueConstraint("fair_id", "ticket_id"),
    UniqueConstraint("slot_id"),
    Index(None, "candidate_id"),
)

#: Form 01, part II: đạt or không đạt, once for a turn.
ratings = Table(
    "ratings",
    metadata,
    _fair_id(primary_key=True),
    Column("ticket_id", String(16), primary_key=True),
    Column("booth_id", String(24), nullable=False),
    Column("candidate_id", String(24), ForeignKey("people.candidate_id"), nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("remark", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Index(None, "candidate_id"),
)

# --- what employers took along -----------------------------------------------------------------

#: Append-only: every export, every reading by an employer's own system, and what a page was shown.
disclosures = Table(
    "disclosures",
    metadata,
    Column("disclosure_id", _RowId, primary_key=True),
    _fair_id(),
    Column("booth_id", String(24), nullable=False),
    # ``staff:<id>`` or ``key:<id>``.
    Column("by", String(48), nullable=False),
    Column("form", String(8), nullable=False),
    # Names, with commas between.
    Column("fields", Text, nullable=False),
    Column("people", Integer, nullable=False),
    # Of one person: the turn, and how often before what is shown of the person had changed.
    Column("ticket_id", String(16)),
    Column("candidate_id", String(24), ForeignKey("people.candidate_id")),
    Column("revision", Integer),
    Column("at", BigInteger, nullable=False),
    UniqueConstraint("fair_id", "ticket_id", "by", "form", "fields", "revision"),
    Index(None, "fair_id", "booth_id"),
    Index(None, "candidate_id"),
)

#: With which an employer's own system reads what its booth may.
api_keys = Table(
    "api_keys",
    metadata,
    Column("key_id", String(24), primary_key=True),
    Column("token_hash", String(64), nullable=False),
    _fair_id(),
    Column("booth_id", String(24), nullable=False),
    Column("name", Text, nullable=False),
    Column("created_by", String(48), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger),
    Column("revoked_at", BigInteger),
    # With whose right this one ended, while nobody has decided: ``staff:<id>``.
    Column("ended_with", String(48)),
    UniqueConstraint("token_hash"),
    Index(None, "fair_id", "booth_id"),
)

#: Where an employer's own system wants to be told; the secret is derived, not kept.
webhooks = Table(
    "webhooks",
    metadata,
    Column("webhook_id", String(24), primary_key=True),
    _fair_id(),
    Column("booth_id", String(24), nullable=False),
    Column("url", Text, nullable=False),
    # Names with commas between.
    Column("events", Text, nullable=False),
    # Number of the newest event of the fair that was looked at for this webhook.
    Column("position", BigInteger, nullable=False),
    Column("created_by", String(48), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("removed_at", BigInteger),
    # With whose right this one ended, while nobody has decided: ``staff:<id>`` or ``key:<id>``.
    Column("ended_with", String(48)),
    Index(None, "fair_id", "booth_id"),
)

#: One message of one webhook: kept until told, and for a while after.
webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("delivery_id", String(48), primary_key=True),
    Column("webhook_id", String(24), ForeignKey("webhooks.webhook_id"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("ticket_id", String(16), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("at", BigInteger, nullable=False),
    # What is sent, the same bytes at every try.
    Column("body", Text, nullable=False),
    Column("state", String(12), nullable=False),
    Column("tries", Integer, nullable=False),
    # Not tried before; and until when some node is trying.
    Column("next_at", BigInteger, nullable=False),
    Column("held_until", BigInteger, nullable=False),
    Column("status", Integer),
    Column("problem", String(40), nullable=False),
    Column("done_at", BigInteger),
    Index(None, "webhook_id", "ticket_id", "seq"),
    Index(None, "state", "next_at"),
)

#: One for each file of a recording; a row without a file says that a recording is deleted.
recordings = Table(
    "recordings",
    metadata,
    Column("file_id", String(24), primary_key=True),
    _fair_id(),
    Column("recording_id", String(16), nullable=False),
    Column("ticket_id", String(16), nullable=False),
    Column("booth_id", String(24), nullable=False),
    Column("candidate_id", String(24), ForeignKey("people.candidate_id"), nullable=False),
    Column("media_type", String(40), nullable=False),
    # Bytes of the whole file; null while it is still being recorded.
    Column("length", BigInteger),
    Column("created_by", String(48), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("completed_at", BigInteger),
    Column("removed_at", BigInteger),
    Column("removed_by", String(48)),
    Index(None, "fair_id", "recording_id"),
    Index(None, "candidate_id"),
)

# --- what happened ---------------------------------------------------------------------------

#: A copy of the fair's stream. No reference to ``fairs``: an event is never refused.
events = Table(
    "events",
    metadata,
    Column("fair_id", String(40), primary_key=True),
    # Of which stream: a live store that was set up anew numbers its events from 1 again.
    Column("incarnation", String(40), primary_key=True, server_default=""),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("by", String(48), nullable=False),
    Column("ticket_id", String(16)),
    Column("candidate_id", String(24)),
    Column("booth_id", String(24)),
    Column("raw", Text, nullable=False),
    Index(None, "fair_id", "kind"),
    Index(None, "fair_id", "ticket_id"),
)
