"""The list of people met on the booth's page: read, downloaded, and a key for the own software."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from fairserver.domain.states import Role
from fairserver.ledger import CandidateForm, Channel, ConsentChoices, Statement
from fairserver.line.line import Actor
from tests.journeys import eyes as sight
from tests.journeys.eyes import open_eyes
from tests.journeys.people import staff_a_booth
from tests.journeys.support import FAIR_ID, RunningFair

pytestmark = pytest.mark.journey


async def a_person_was_met(fair: RunningFair) -> str:
    """Bring somebody through an interview at booth 01 with the line's own commands."""
    ledger, line = fair.node.ledger, fair.node.line
    consents = ConsentChoices(take_part=True, show_profile=True)
    form = CandidateForm(
        full_name="Nguyễn Thị Hoà",
        phone="0912345678",
        birth_year=1999,
        sex="nu",
        commune="Xã Đức Lập",
        wish="May công nghiệp",
        language="vi",
        consents=consents,
    )
    found = await ledger.people.register(FAIR_ID, "a-registration-of-a-test", form)
    candidate_id = found.candidate_id
    await ledger.people.set_number(candidate_id, await line.register(FAIR_ID, candidate_id))
    staff = await ledger.staff.invite(FAIR_ID, Role.RECRUITER, "b01", "Anh Nam")
    person, desk = Actor.candidate(candidate_id), Actor.recruiter(staff.staff_id, "b01")
    await line.seen(FAIR_ID, [candidate_id])
    joined = await line.run(FAIR_ID, "join", person, booth_id="b01", candidate_id=candidate_id)
    how = Statement(text_version="2", language="vi", channel=Channel.OWN_TAP, recorded_by=person.by)
    await ledger.people.show_to_booth(candidate_id, "b01", given=True, how=how)
    ticket = {"ticket_id": str(joined.result["ticket_id"])}
    desk_id = fair.feed.projection.booths["b01"].desk_ids[0]
    await line.run(FAIR_ID, "open_desk", desk, desk_id=desk_id)
    await line.run(FAIR_ID, "accept", person, **ticket)
    await line.run(FAIR_ID, "start", desk, **ticket)
    await line.run(FAIR_ID, "finish", desk, **ticket, outcome="shortlisted")
    await line.run(FAIR_ID, "close_desk", desk, desk_id=desk_id)
    await ledger.notes.add(
        FAIR_ID, ticket["ticket_id"], staff.staff_id, "Biết may, làm được ca đêm"
    )
    return ticket["ticket_id"]


async def saves(page: Page, button: str, folder: Path) -> Path:
    async with page.expect_download() as waiting:
        await page.get_by_role("button", name=button).click()
    download = await waiting.value
    path = folder / download.suggested_filename
    await download.save_as(path)
    return path


async def test_the_booth_reads_its_list_saves_it_and_makes_a_key(
    browser: Browser, fair: RunningFair, tmp_path: Path
) -> None:
    await a_person_was_met(fair)
    booth = await staff_a_booth(browser, fair, "b01")
    eyes = await open_eyes(booth, [*sight.LAPTOP, ("en", 360, False)])
    await booth.get_by_role("button", name="Hôm nay").click()
    await booth.get_by_role("button", name="Danh sách, tải về").click()
    dialog = booth.get_by_role("dialog")
    await expect(dialog.get_by_text("Nguyễn Thị Hoà")).to_be_visible()
    await expect(dialog.get_by_text("làm được ca đêm")).to_be_visible()
    table = await saves(booth, "Tải về CSV", tmp_path)
    assert "0912 345 678" in table.read_text("utf-8-sig")
    assert zipfile.is_zipfile(await saves(booth, "Tải về Excel", tmp_path))
    await dialog.get_by_text("Phần mềm tuyển dụng").click()
    await dialog.get_by_label("Khóa này cho phần mềm nào").fill("ATS của công ty")
    await dialog.get_by_role("button", name="Tạo khóa").click()
    await expect(dialog.locator(".new-key code")).to_contain_text("fairkey_")
    await eyes.look("list of people met, a key")
    await dialog.get_by_role("button", name="Thu hồi").click()
    await expect(dialog.get_by_role("button", name="Thu hồi")).to_have_count(0)
    forms = {row.form for row in await fair.node.ledger.disclosures.of_fair(FAIR_ID)}
    assert forms == {"csv", "xlsx", "page"}
    assert eyes.faults == [], "\n".join(eyes.faults)
