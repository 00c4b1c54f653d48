"""Which HTTP status each error code is answered with."""

from __future__ import annotations

from fairserver.protocol.errors import Code

_STATUS = {
    Code.NOT_SIGNED_IN: 401,
    Code.KEY_WRONG: 401,
    Code.LINK_UNKNOWN: 401,
    Code.CODE_WRONG: 401,
    Code.DEVICE_REVOKED: 401,
    Code.NOT_PERMITTED: 403,
    Code.PROFILE_HIDDEN: 403,
    Code.FAIR_UNKNOWN: 404,
    Code.BOOTH_UNKNOWN: 404,
    Code.TICKET_UNKNOWN: 404,
    Code.CANDIDATE_UNKNOWN: 404,
    Code.SLOT_UNKNOWN: 404,
    Code.PAIRING_UNKNOWN: 404,
    Code.NO_SECOND_INTERVIEW: 404,
    Code.KEY_UNKNOWN: 404,
    Code.STAFF_UNKNOWN: 404,
    Code.LEFT_UNKNOWN: 404,
    Code.SESSION_UNKNOWN: 404,
    Code.WEBHOOK_UNKNOWN: 404,
    Code.DELIVERY_UNKNOWN: 404,
    Code.ADDRESS_UNKNOWN: 404,
    Code.RECORDING_UNKNOWN: 404,
    Code.UPLOAD_GONE: 410,
    Code.UPLOAD_OFFSET: 409,
    Code.UPLOAD_VERSION: 412,
    Code.UPLOAD_TOO_LARGE: 413,
    Code.UPLOAD_TYPE: 415,
    Code.UPLOAD_BUSY: 423,
    Code.METHOD_UNKNOWN: 405,
    Code.DOWNLOAD_OVER: 410,
    Code.PAIRING_EXPIRED: 410,
    Code.PAIRING_USED: 409,
    Code.SLOT_TAKEN: 409,
    Code.ID_REUSED: 409,
    Code.IN_INTERVIEW: 409,
    Code.LIMIT_REACHED: 409,
    Code.DELIVERY_WRONG_STATE: 409,
    Code.TOO_LARGE: 413,
    Code.TOO_FAST: 429,
    Code.CODE_LOCKED: 429,
    Code.TOO_MANY_TRIES: 429,
    Code.TOO_MANY_REGISTRATIONS: 429,
    Code.ECHO_FULL: 503,
    Code.ECHO_AWAY: 503,
    Code.INTERNAL: 500,
    Code.STORE_AWAY: 503,
    Code.RECORD_AWAY: 503,
    Code.RECORD_BUSY: 503,
    Code.RECORD_FULL: 507,
    Code.NODE_FULL: 503,
    Code.STORE_FULL: 507,
}


def status_of(code: Code) -> int:
    """Give the HTTP status of a refusal; 400 where nothing more can be said."""
    return _STATUS.get(code, 400)
