"""A booth made ready, its question answered on a phone, and the interview by the Centre."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from fairserver.domain.states import Role
from fairserver.ledger.consents import Channel, Purpose, Statement
from tests.journeys import eyes as sight
from tests.journeys.eyes import open_eyes
from tests.journeys.people import join_lines, sees_the_other, staff_a_booth, take_part
from tests.journeys.support import LAPTOP, RunningFair, open_page
from tests.journeys.test_people_met import saves

pytestmark = pytest.mark.journey

#: A delegated booth of the example fair, with two questions in its file.
BOOTH, NUMBER = "b17", "17"


async def shows_the_profile(fair: RunningFair) -> None:
    """Let the only person of the fair agree that employers see the profile."""
    (candidate_id,) = fair.feed.projection.candidates
    how = Statement(
        text_version="1", language="vi", channel=Channel.OWN_TAP, recorded_by="candidate:x"
    )
    await fair.node.ledger.people.record_consents(candidate_id, {Purpose.SHOW_PROFILE: True}, how)


async def test_a_question_goes_from_the_preparation_to_the_phone_the_desk_and_the_file(
    browser: Browser, fair: RunningFair, tmp_path: Path
) -> None:
    link = (await fair.staff_link(Role.RECRUITER, BOOTH)).replace("/booth#", "/booth/prepare#")
    page = await open_page(browser, link, LAPTOP)
    eyes = await open_eyes(page, [("vi", 1280, False), ("en", 360, False)], in_turn=True)
    await page.get_by_role("button", name="Vào gian").click()
    await page.get_by_role("button", name="Việc làm của gian").click()
    await page.get_by_role("button", name="Sửa").first.click()
    highest = page.get_by_label("Đến (đồng)")
    await highest.fill("1000000")
    await page.get_by_role("button", name="Lưu", exact=True).click()
    await expect(page.get_by_text("Ghi bằng hoặc cao hơn mức thấp nhất.")).to_be_visible()
    await eyes.look("a wage that cannot be")
    await highest.fill("13000000")
    await page.get_by_role("button", name="Lưu", exact=True).click()
    await expect(page.get_by_text("9.000.000–13.000.000")).to_be_visible()
    await expect(page.locator("[data-part=vacancies]")).to_contain_text("đã xác nhận")
    await page.get_by_role("button", name="Câu hỏi trước").click()
    await page.get_by_role("button", name="Thêm câu hỏi").click()
    third = page.get_by_role("group", name="Câu 3")
    await third.get_by_label("Câu hỏi", exact=True).fill("Đã làm nghề này bao lâu?")
    await third.get_by_label("Trả lời bằng").select_option("text")
    await page.get_by_role("button", name="Lưu câu hỏi").click()
    await expect(page.get_by_text("Đã lưu.")).to_be_visible()
    await page.get_by_role("button", name="Bàn và đồng nghiệp").click()
    await page.get_by_label("Tên đồng nghiệp").fill("Chị Lan")
    await page.get_by_role("button", name="Tạo liên kết").click()
    await expect(page.locator(".new-key code")).to_contain_text("/booth#t=")
    await eyes.look("the booth made ready")

    phone = await take_part(browser, fair)
    await shows_the_profile(fair)
    await join_lines(phone, NUMBER)
    await phone.get_by_role("button", name="Trả lời khi chờ").click()
    dialog = phone.get_by_role("dialog")
    await dialog.get_by_role("group", name="Làm ca đêm").get_by_label("Có").check()
    await dialog.get_by_label("Đã làm nghề này bao lâu?").fill("Hai năm")
    await dialog.get_by_label("Sau Tết").check()
    await expect(dialog.get_by_text("Đã lưu.")).to_have_count(3)
    phone_eyes = await open_eyes(phone, sight.PHONE, in_turn=True)
    await phone_eyes.look("questions answered")
    await dialog.get_by_role("button", name="Xong").click()
    await expect(phone.get_by_text("Đã trả lời 3/3")).to_be_visible()

    desk = await staff_a_booth(browser, fair, BOOTH)
    await desk.get_by_role("button", name="Sẵn sàng").click()
    await expect(desk.get_by_role("region", name="Trả lời trước")).to_contain_text("Hai năm")
    await phone.get_by_role("button", name="Vào ngay").click()
    await sees_the_other(desk)
    form = desk.get_by_role("region", name="Phỏng vấn thay doanh nghiệp")
    said = form.get_by_label("Đã làm nghề này bao lâu?")
    await expect(said).to_have_value("Hai năm")
    await said.fill("Hai năm ở Bến Lức")
    await form.get_by_label("Ngay").check()
    await expect(form.get_by_text("Đã lưu.")).to_have_count(2)
    desk_eyes = await open_eyes(desk, [("en", 1280, False)])
    await desk_eyes.look("the Centre interviews for the employer")
    await desk.get_by_role("button", name="Kết thúc", exact=True).click()
    await desk.get_by_role("button", name="Đạt, chuyển doanh nghiệp").click()
    await desk.get_by_role("button", name="Lưu kết quả").click()
    await desk.get_by_role("button", name="Hôm nay").click()
    await desk.get_by_role("button", name="Danh sách, tải về").click()
    table = (await saves(desk, "Tải về CSV", tmp_path)).read_text("utf-8-sig")
    assert "Đã làm nghề này bao lâu? – Hai năm ở Bến Lức" in table
    assert "Khi nào đi làm được? – Ngay" in table

    await phone.get_by_role("button", name="Dữ liệu của tôi").click()
    await expect(phone.get_by_text("Hai năm ở Bến Lức")).to_be_visible()
    await phone_eyes.look("answers in my data")
    await phone.get_by_role("button", name="Xoá các câu trả lời này").click()
    await phone.get_by_role("button", name="Xoá các câu trả lời này").click()
    await expect(phone.get_by_text("Chưa trả lời câu hỏi nào")).to_be_visible()
    faults = [*eyes.faults, *phone_eyes.faults, *desk_eyes.faults]
    assert faults == [], "\n".join(faults)
