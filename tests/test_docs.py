"""What the documents say agrees with the code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest

from fairserver.cli import make_parser
from fairserver.domain.fair_file import read_fair
from fairserver.protocol.answers import AnyMessage
from fairserver.protocol.commands import AnyCommand
from fairserver.settings import read_settings
from tests.doc_tables import DOCUMENT, with_fresh_tables

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

#: Bytes of the largest picture: a newcomer may read the README on a telephone.
LARGEST_PICTURE = 250_000


def frames_of(path: Path) -> list[str]:
    """Find the JSON blocks of a document that are frames of the socket."""
    blocks = re.findall(r"^ *```json\n(.*?)^ *```", path.read_text("utf-8"), re.DOTALL | re.M)
    return [block for block in blocks if "type" in json.loads(block)]


def test_the_tables_of_the_protocol_document_are_those_of_the_code() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert text == with_fresh_tables(text), "run: .venv/bin/python -m tests.doc_tables"


def test_every_frame_in_the_protocol_document_is_of_the_contract() -> None:
    frames = frames_of(DOCUMENT)
    assert frames
    for frame in frames:
        try:
            msgspec.json.decode(frame, type=AnyCommand)
        except msgspec.ValidationError:
            msgspec.json.decode(frame, type=AnyMessage)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files_and_headings_that_exist(path: Path) -> None:
    text = path.read_text("utf-8")
    links = re.findall(r"\]\(([^)]+)\)", text) + re.findall(r'src="([^"]+)"', text)
    for link in links:
        if link.startswith(("http://", "https://")):
            continue
        name, _, heading = link.partition("#")
        target = path.parent / name if name else path
        assert target.exists(), link
        if heading:
            assert heading in headings_of(target), link


def headings_of(path: Path) -> set[str]:
    """Give the anchors of a document's headings, as the usual viewers make them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_commands_that_documents_name_exist(path: Path) -> None:
    known = set(re.findall(r"^    (\w[\w-]*)", make_parser().format_help(), re.MULTILINE))
    named = re.findall(r"\bfairserver (\w[\w-]*) (?=--|[\w./-]*\.toml)", path.read_text("utf-8"))
    assert set(named) <= known


def test_pictures_are_small() -> None:
    pictures = sorted((ROOT / "docs" / "images").iterdir())
    assert pictures
    assert [path.name for path in pictures if path.stat().st_size > LARGEST_PICTURE] == []


def test_the_samples_in_config_are_good() -> None:
    read_settings(ROOT / "config" / "server.toml")
    for path in (ROOT / "config" / "fairs").glob("*.toml"):
        read_fair(path)
