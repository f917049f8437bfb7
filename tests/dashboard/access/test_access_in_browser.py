"""Coming in and going out in a real browser: the forms, the first password, a session that ends, one's rights."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dashboard.screenshots import serving

pytestmark = pytest.mark.browser

GOOD = "Nanxun-tree-42"


@dataclass
class Served:
    site: Any
    address: str


@pytest.fixture(scope="module")
def served(site_maker: Callable[..., Any]) -> Iterator[Served]:
    site = site_maker()
    site.accounts.add("Lin", ["manager"], password=GOOD, must_change=False)
    with serving(site.server) as address:
        yield Served(site, address)


@dataclass
class Seen:
    page: Any
    told: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


@contextmanager
def opened(browser: Any, served: Served, language: str = "en", width: int = 1440) -> Iterator[Seen]:
    locale = "zh-CN" if language == "zh" else "en-US"
    context = browser.new_context(viewport={"width": width, "height": 844}, locale=locale)
    page = context.new_page()
    seen = Seen(page)
    page.on("console", lambda m: seen.told.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: seen.told.append(str(e)))
    page.on("request", lambda r: None if r.url.startswith((served.address, "data:")) else seen.foreign.append(r.url))
    yield seen
    context.close()


def keep(page: Any, name: str) -> None:
    folder = os.environ.get("WFM_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def sign_in(page: Any, name: str, password: str) -> None:
    page.fill("#name", name)
    page.fill("#password", password)
    page.locator("main button").click()


def narrow_enough(page: Any, width: int) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth") <= width)


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh", 390)])
def test_from_the_form_to_the_page_that_was_asked_for(browser: Any, served: Served, language: str, width: int) -> None:
    given, own = f"Given-by-boss-{width}", f"Own-choice-{width}"
    name = f"new{width}"
    served.site.accounts.add(name, ["manager"], password=given)
    with opened(browser, served, language, width) as seen:
        page = seen.page
        page.goto(f"{served.address}/admin?tab=audit")
        assert page.evaluate("document.activeElement.id") == "name"
        assert narrow_enough(page, width)
        keep(page, f"sign-in-{language}-{width}")
        sign_in(page, name, given)
        page.wait_for_url("**/password*")
        assert narrow_enough(page, width)
        keep(page, f"password-{language}-{width}")
        for key, value in (("old", given), ("new", own), ("again", own)):
            page.fill(f"#{key}", value)
        page.locator("main button").click()
        page.wait_for_selector("#admin-headline")
        assert page.url == f"{served.address}/admin?tab=audit"
        page.wait_for_load_state("networkidle")
        assert narrow_enough(page, width)
        keep(page, f"admin-audit-{language}-{width}")
        words = {"en": "Administration", "zh": "系统管理"}[language]
        assert page.inner_text("h1") == words
        assert seen.told == []
        assert seen.foreign == []


def test_a_session_that_ends_leads_to_the_form_and_back(browser: Any, served: Served) -> None:
    with opened(browser, served) as seen:
        page = seen.page
        page.goto(f"{served.address}/admin?tab=sessions")
        sign_in(page, "Lin", GOOD)
        page.wait_for_selector("#admin-headline")
        page.wait_for_load_state("networkidle")
        assert "Lin" in page.inner_text("#whoami")
        sessions = served.site.accounts.sessions
        for session in sessions.all():
            sessions.end_number(session.id)
        # The page may have asked for something by itself before, and be on its way already.
        page.evaluate("document.querySelector('a.tab[href*=audit]')?.click()")
        page.wait_for_url("**/sign-in?said=over*")
        assert "Your session is over" in page.inner_text("main")
        sign_in(page, "Lin", GOOD)
        page.wait_for_selector("#admin-headline")
        assert page.url.startswith(f"{served.address}/admin?tab=")
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/sign-in?said=out")
        page.goto(f"{served.address}/admin")
        page.wait_for_url("**/sign-in?next=*")


def test_an_administrator_adds_and_disables_somebody(browser: Any, served: Served) -> None:
    with opened(browser, served) as seen:
        page = seen.page
        page.goto(f"{served.address}/admin")
        sign_in(page, "Lin", GOOD)
        page.get_by_role("link", name="Add an account").click()
        page.locator(".admin-form").get_by_label("Name").fill("Wu")
        page.locator(".admin-form").get_by_role("button", name="Add").click()
        secret = page.locator("#admin-users-secret").inner_text()
        assert served.site.accounts.sign_in("Wu", secret)
        page.locator(".admin-form").get_by_label("analyst").check()
        page.get_by_role("button", name="Save").click()
        page.wait_for_url("**user=Wu*")
        page.wait_for_load_state("networkidle")
        assert served.site.accounts.user("Wu").roles == ("analyst", "viewer")
        page.locator("#admin-users-secret").wait_for(state="detached")
        asked: list[str] = []
        page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
        page.get_by_role("button", name="Disable the account").click()
        page.get_by_role("button", name="Let in again").wait_for()
        assert served.site.accounts.user("Wu").disabled
        assert asked == ["Let Wu no longer in? The sessions end. You can let the account in again at any time."]
        page.goto(f"{served.address}/admin?tab=audit&who=Lin")
        page.get_by_role("button", name="Check the chain").click()
        page.get_by_text("none changed and none missing").wait_for()
        keep(page, "admin-audit-checked")
        assert seen.told == []
        assert seen.foreign == []


def test_a_viewer_meets_no_button_that_would_be_refused(browser: Any, served: Served) -> None:
    served.site.accounts.add("Li", ["viewer"], password=GOOD, must_change=False)
    with opened(browser, served) as seen:
        page = seen.page
        page.goto(f"{served.address}/admin")
        sign_in(page, "Li", GOOD)
        page.get_by_text("Your role does not open this page.").wait_for()
        assert page.locator("nav .icon-admin").count() == 0


def test_an_agent_opens_the_own_page_and_is_refused_nothing(browser: Any, served: Served) -> None:
    served.site.accounts.add("Wei", ["agent"], password=GOOD, must_change=False)
    with opened(browser, served, width=390) as seen:
        page = seen.page
        page.goto(f"{served.address}/mine")
        sign_in(page, "Wei", GOOD)
        page.wait_for_selector("#mine-headline")
        page.wait_for_load_state("networkidle")
        assert page.locator(".notice").count() == 0
        assert seen.told == []
