"""An hour of a booth in two minutes, without a mouse: six people, one who does not come, one
handed over, one with a second date, and a colleague asked in."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from fairserver.domain.settings import FairSettings
from tests.journeys.by_phone import Outside, Telephoned, outside
from tests.journeys.desk import Desk, sit_down
from tests.journeys.keyboard import Keyboard
from tests.journeys.people import sees_the_other, tomorrow
from tests.journeys.support import PHONE, RunningFair, open_page

pytestmark = pytest.mark.journey


async def come_by_link(browser: Browser, server: Outside, name: str, booth_id: str) -> Page:
    """Stand in a line, with a phone that shows the page."""
    person = await server.candidate(full_name=name)
    page = await open_page(browser, f"{server.base_url}{person.ticket_link}", PHONE)
    socket = await server.socket(person, ["me"])
    await socket.until(lambda: socket.cell("me", "me").get("present"))
    await socket.do("join", booth_id=booth_id, show_profile=True)
    return page


async def talk_by_telephone(desk: Desk, person: Telephoned, outcome: str) -> None:
    """Telephone somebody who said yes, end the talk and save what came of it."""
    await desk.at("phoning")
    await expect(desk.page.locator(".call-number")).to_contain_text("0912")
    await desk.press("t", "call_phone")
    await person.socket.until(lambda: person.state == "interviewing")
    await desk.finish()
    await desk.save(outcome)


async def say_why_not(desk: Desk) -> None:
    """Not suitable, with a note: a letter in the field is a letter and no key."""
    page = desk.page
    await page.keyboard.press("4")
    await desk.keys.go_to(page.locator("#note"))
    await page.keyboard.type("Sợ ca đêm 1 7 ?")
    await expect(page.locator("#note")).to_have_value("Sợ ca đêm 1 7 ?")
    await expect(page.locator("[data-outcome=not_suitable]")).to_have_attribute(
        "aria-pressed", "true"
    )
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await desk.keys.go_to(desk.button("save"))
    await page.keyboard.press("Enter")
    await desk.at("next")


async def agree_on_a_date(desk: Desk) -> None:
    """A second interview on another day, in the dialog of the key D."""
    page = desk.page
    await expect(page.locator("button[data-key=D]")).to_be_enabled()
    await page.keyboard.press("d")
    dialog = page.get_by_role("dialog")
    form = dialog.locator("form").first
    for name, value in (("day", tomorrow().strftime("%m%d%Y")), ("time", "0830AM")):
        await desk.keys.go_to(form.locator(f"[name={name}]"))
        await page.keyboard.type(value)
    await desk.keys.go_to(form.locator("[name=place]"))
    await page.keyboard.type("Cổng 2")
    await page.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    await expect(page.locator(".second-state")).to_be_visible()


async def bring_a_colleague_in(desk: Desk, phone: Page, colleague: Desk) -> None:
    """Ask a colleague of the booth in, whom the person agrees to, and who goes again."""
    await desk.press("i", "invite")
    await desk.keys.press("Cùng phỏng vấn")
    await expect(phone.get_by_role("alertdialog")).to_be_focused()
    await expect(phone.get_by_role("alertdialog")).to_contain_text("cùng phỏng vấn")
    await Keyboard(phone).press("Đồng ý")
    await expect(colleague.page.locator("button[data-key=G]")).to_be_enabled()
    await colleague.page.keyboard.press("g")
    await sees_the_other(colleague.page)
    await expect(desk.page.locator(".third")).to_contain_text("đang có mặt")
    await colleague.keys.press("Ra hẳn")
    await colleague.at("closed")
    await expect(desk.page.locator(".third")).to_have_count(0)


async def hand_over(desk: Desk, phone: Page, colleague: Desk) -> None:
    """Offer the person the colleague's booth; the person says yes and is called there."""
    await desk.press("h", "hand_over")
    await desk.keys.go_to(desk.page.get_by_role("button", name="Gian 02"))
    await desk.page.keyboard.press("Enter")
    keys = Keyboard(phone)
    await expect(phone.get_by_role("alertdialog")).to_be_focused()
    await keys.press("Chuyển, cho xem")
    await desk.at("next")
    await answer(phone, keys)
    await colleague.at("interviewing")


async def answer(phone: Page, keys: Keyboard) -> None:
    """Say yes to the heads-up or to the call, whichever it is."""
    ready = phone.get_by_role("button", name="Tôi sẵn sàng")
    call = phone.get_by_role("button", name="Vào ngay")
    await expect(ready.or_(call)).to_be_visible()
    await keys.go_to(ready.or_(call))
    await phone.keyboard.press("Enter")


async def test_an_hour_of_a_booth_from_the_keyboard_alone(
    browser: Browser, fair: RunningFair
) -> None:
    await fair.change_settings(FairSettings(missed_limit=1, deck_per_desk=0))
    async with outside(fair) as server:
        first = await come_by_link(browser, server, "Trần Thị Nhất", "b01")
        deaf = await server.stand_in_line("Lê Văn Vắng", "b01", deaf=True)
        third = await server.stand_in_line("Phạm Thị Ba", "b01")
        moved = await come_by_link(browser, server, "Võ Văn Bốn", "b01")
        fifth = await server.stand_in_line("Đặng Thị Năm", "b01")
        sixth = await server.stand_in_line("Bùi Văn Sáu", "b01")
        desk = await sit_down(browser, fair, "b01")
        beside = await sit_down(browser, fair, "b01", 2)
        colleague = await sit_down(browser, fair, "b02")

        await desk.press("s", "open")
        await desk.at("calling")
        await answer(first, Keyboard(first))
        await sees_the_other(desk.page)
        await desk.page.keyboard.press("m")
        await expect(desk.page.get_by_role("button", name="Bật micro")).to_be_visible()
        await bring_a_colleague_in(desk, first, beside)
        await desk.finish()
        await desk.save("2")
        await agree_on_a_date(desk)

        await desk.press("n", "next")
        await desk.at("calling")
        while deaf.state != "no_show":  # not before the person has had time to come
            await desk.press("x", "missed")
            await desk.page.wait_for_timeout(1_000)
        await talk_by_telephone(desk, third, "1")
        await desk.press("n", "next")
        await answer(moved, Keyboard(moved))
        await sees_the_other(desk.page)
        await colleague.press("s", "open")
        await hand_over(desk, moved, colleague)
        await desk.press("n", "next")
        await talk_by_telephone(desk, fifth, "6")
        await desk.press("n", "next")
        await desk.at("phoning")
        await desk.press("t", "call_phone")
        await desk.finish()
        await say_why_not(desk)
        await sixth.socket.until(lambda: sixth.state == "done")

        for one in (desk, beside, colleague):
            assert await one.pointed() == []
        tickets = fair.feed.projection.tickets.values()
        assert [str(one.outcome) for one in tickets if one.booth_id == "b01"] == [
            "second_interview", "None", "hired", "None", "training", "not_suitable",
        ]  # fmt: skip
        assert [one.state for one in tickets if one.booth_id == "b02"] == ["interviewing"]
