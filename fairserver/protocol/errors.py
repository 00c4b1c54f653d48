"""Stable error codes, and the exception that carries one from where the rule is known."""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class Code(StrEnum):
    """Every code a client may see. The sentences are in ``protocol/words``."""

    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    UNKNOWN_COMMAND = "unknown_command"
    NOT_PERMITTED = "not_permitted"
    NOT_SIGNED_IN = "not_signed_in"
    HELLO_FIRST = "hello_first"
    TOO_FAST = "too_fast"
    STORE_AWAY = "store_away"
    INTERNAL = "internal"
    FAIR_UNKNOWN = "fair_unknown"
    FAIR_CLOSED = "fair_closed"
    FAIR_WRONG_STATE = "fair_wrong_state"
    BOOTH_UNKNOWN = "booth_unknown"
    DESK_UNKNOWN = "desk_unknown"
    TICKET_UNKNOWN = "ticket_unknown"
    CANDIDATE_UNKNOWN = "candidate_unknown"
    ALREADY_IN_LINE = "already_in_line"
    JOIN_LIMIT = "join_limit"
    DESK_BUSY = "desk_busy"
    DESK_WRONG_STATE = "desk_wrong_state"
    TICKET_WRONG_STATE = "ticket_wrong_state"
    CALL_EXPIRED = "call_expired"
    ALREADY_EXTENDED = "already_extended"
    NOT_NOW_LIMIT = "not_now_limit"
    NO_TIME_LEFT = "no_time_left"
    DESK_TAKEN = "desk_taken"
    OLD_EPOCH = "old_epoch"
    NOT_YOUR_ROOM = "not_your_room"
    ID_REUSED = "id_reused"
    LINK_UNKNOWN = "link_unknown"
    PAIRING_UNKNOWN = "pairing_unknown"
    PAIRING_USED = "pairing_used"
    PAIRING_EXPIRED = "pairing_expired"
    DEVICE_REVOKED = "device_revoked"
    CODE_WRONG = "code_wrong"
    CODE_LOCKED = "code_locked"
    FIELD_WRONG = "field_wrong"
    CONSENT_NEEDED = "consent_needed"
    TOO_YOUNG = "too_young"
    PROFILE_HIDDEN = "profile_hidden"
    IN_INTERVIEW = "in_interview"
    OUTCOME_PENDING = "outcome_pending"
    OUTCOME_CHANGED = "outcome_changed"
    SLOT_TAKEN = "slot_taken"
    SLOT_UNKNOWN = "slot_unknown"
    NO_SECOND_INTERVIEW = "no_second_interview"
    NOT_ADVICE = "not_advice"
    NOT_DELEGATED = "not_delegated"
    RATING_CLOSED = "rating_closed"
    ROOM_FULL = "room_full"
    GUEST_UNKNOWN = "guest_unknown"
    RECORDING_OFF = "recording_off"
    RECORDING_DECLINED = "recording_declined"
    RECORDING_OVER = "recording_over"
    RECORDING_UNKNOWN = "recording_unknown"
    UPLOAD_VERSION = "upload_version"
    UPLOAD_TYPE = "upload_type"
    UPLOAD_OFFSET = "upload_offset"
    UPLOAD_BUSY = "upload_busy"
    UPLOAD_TOO_LARGE = "upload_too_large"
    UPLOAD_GONE = "upload_gone"
    LINK_USED = "link_used"
    LINK_EXPIRED = "link_expired"
    PHONE_NOT_AGREED = "phone_not_agreed"
    DOWNLOAD_OVER = "download_over"
    KEY_WRONG = "key_wrong"
    KEY_UNKNOWN = "key_unknown"
    STAFF_UNKNOWN = "staff_unknown"
    LIMIT_REACHED = "limit_reached"
    WEBHOOK_UNKNOWN = "webhook_unknown"
    WEBHOOK_REFUSED = "webhook_refused"
    DELIVERY_UNKNOWN = "delivery_unknown"
    DELIVERY_WRONG_STATE = "delivery_wrong_state"
    ADDRESS_UNKNOWN = "address_unknown"
    METHOD_UNKNOWN = "method_unknown"
    ECHO_FULL = "echo_full"
    ECHO_AWAY = "echo_away"
    ALARM_UNKNOWN = "alarm_unknown"
    PUSH_OFF = "push_off"
    PUSH_REFUSED = "push_refused"


class Refused(Exception):
    """A rule said no; nothing was changed.

    ``detail`` fills the placeholders of the code's sentence and goes to the client.
    """

    def __init__(self, code: Code, **detail: Any) -> None:
        super().__init__(code.value, detail)
        self.code = code
        self.detail = detail
