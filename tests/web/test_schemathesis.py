"""Schemathesis asks everything that the OpenAPI document says, of a real server over real HTTP."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from pathlib import Path

import pytest

from fairserver.domain.states import Role
from tests.web.support import Server, Servers
from tests.web.test_after import met
from tests.web.test_employer_api import new_key

#: The committed document: a test of its own makes sure that the server gives the same.
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
#: Checks that hold of every answer. Left out: that whatever fits the schemas is taken (rules of the
#: fair may still say no, with a code), and that what was removed is 404 (signing out is 401).
_CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_schema_conformance,negative_data_rejection,unsupported_method,ignored_auth"
)
#: Signing out would end the run; the socket and the erasure have tests of their own.
_NOT_ASKED = ("sign_out", "erase_my_data")


def schemathesis() -> str:
    """Find its command beside this Python, or on the path."""
    beside = Path(sys.executable).with_name("schemathesis")
    found = str(beside) if beside.exists() else shutil.which("schemathesis")
    if not found:
        pytest.skip("schemathesis is not installed: pip install -e '.[test]'")
    return found


async def ask_everything(server: Server, token: str, paths: str, examples: int) -> str:
    """Let it ask as the holder of a token; give what it says, which is empty of failures."""
    command = [
        *(schemathesis(), "run", str(DOCUMENT), "--url", server.base_url),
        *("--header", f"Authorization: Bearer {token}", "--include-path-regex", paths),
        *("--checks", _CHECKS, "--max-examples", str(examples), "--seed", "1"),
        *("--phases", "examples,coverage,fuzzing", "--generation-database", ":memory:"),
        *("--request-timeout", "60", "--suppress-health-check", "all", "--no-color"),
    ]
    for name in _NOT_ASKED:
        command += ["--exclude-operation-id", name]
    process = await asyncio.create_subprocess_exec(
        *command,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=server.node.settings.data,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    said, _ = await process.communicate()
    text = said.decode()
    assert process.returncode == 0, text[-12_000:]
    return text


@pytest.fixture
async def patient(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server that nobody asks too fast, with a person met: there is something to show."""
    for name in ("_OWN_DATA", "_ECHO", "_RECORDING"):
        monkeypatch.setattr(f"fairserver.web.app.{name}_RATE", 10_000)
        monkeypatch.setattr(f"fairserver.web.app.{name}_BURST", 10_000)
    return await servers.start(limits={"api_requests_per_second": 1000})


@pytest.mark.parametrize("examples", [6, pytest.param(200, marks=pytest.mark.soak)])
async def test_an_employers_own_system_gets_what_the_document_says(
    patient: Server, examples: int
) -> None:
    await met(patient)
    await ask_everything(patient, await new_key(patient), "^/api/v1", examples)


@pytest.mark.parametrize(
    ("role", "examples"),
    [
        (Role.RECRUITER, 2),
        *(
            pytest.param(role, 100, marks=pytest.mark.soak)
            for role in (Role.RECRUITER, Role.CANDIDATE, Role.ORGANISER, Role.SUPPORT)
        ),
    ],
)
async def test_people_who_are_signed_in_get_what_the_document_says(
    patient: Server, role: Role, examples: int
) -> None:
    meeting = await met(patient)
    people = {Role.RECRUITER: meeting.recruiter_person, Role.CANDIDATE: meeting.person}
    person = people.get(role) or await patient.staff(role)
    await ask_everything(patient, person.token, "^/api/(?!v1)", examples)
