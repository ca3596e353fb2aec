"""The stage on which journeys are played: a running demo clinic, and persons who each have a browser of their own."""

import contextlib
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pyotp
from axe_playwright_python.base import AXE_SCRIPT
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, CDPSession, Error, Locator, Page, Request

# The window around a page is seen by nobody here: the lists under its address bar took as long as the pages. Chromium
# hears only the last such list, so what Playwright would switch off is named again.
LEFT_OUT = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "AimEnabled",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-gpu-rasterization",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # nothing is asked from elsewhere
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(LEFT_OUT)}",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
AXE = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_LETTERS = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
COLOURS = ("color-contrast", "link-in-text-block")  # the rules of axe that another colour scheme can break
VIOLATIONS = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (breach) =>
  window.__violations.push(breach.violatedDirective + " " + breach.blockedURI));
"""
# The same few people sign in for every story of a run: in minutes what is weeks in a clinic.
PACE = {"SAFESPACE_HOLD_SECONDS": "2", "SAFESPACE_SIGN_IN_ATTEMPTS": "300 per 5 minutes"}
ARTIFACTS = Path(os.environ.get("SAFESPACE_ARTIFACTS", "artifacts"))


def free_port() -> int:
    """Give a port on loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Clinic:
    """A demo clinic that runs, with its accounts."""

    url: str
    process: subprocess.Popen[bytes]
    accounts: list[dict[str, Any]]
    codes: dict[str, list[str]]
    data: Path

    @classmethod
    def opened(cls, folder: Path, **env: str) -> Self:
        """Start the demo as a newcomer would and wait until it answers."""
        port = free_port()
        file = folder / "accounts.json"
        data = folder / "data"
        command = ["demo", "--port", str(port), "--data", str(data), "--accounts", str(file)]
        with (folder / "server.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "safespace.cli.main", *command],
                stdout=log,
                stderr=subprocess.STDOUT,
                env=os.environ | PACE | env,
            )
        url = f"http://127.0.0.1:{port}"
        ends = time.monotonic() + 180  # a bound against one that hangs; how quick it is, is measured elsewhere
        while time.monotonic() < ends:
            if process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{url}/healthz", timeout=1):  # noqa: S310  # loopback
                    break
            except OSError:
                time.sleep(0.25)
        else:
            process.kill()
            process.wait()
        if process.poll() is not None:
            raise RuntimeError((folder / "server.log").read_text()[-4000:])
        told = json.loads(file.read_text())
        return cls(url=url, process=process, accounts=told["accounts"], codes=told["codes"], data=data)

    def close(self) -> None:
        """Stop it."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)

    def account(self, role: str, number: int = 0, *, group: str | None = None, location: str | None = None) -> Any:
        """Give the account of somebody with this role, in this group or at this location."""
        fitting = [
            one
            for one in self.accounts
            if one["role"] == role
            and (group is None or group in one["groups"])
            and (location is None or one["location"] == location)
        ]
        return fitting[number]


@dataclass
class Person:
    """Somebody with a browser of their own; everything it receives is kept, so that a leak is seen."""

    name: str
    clinic: Clinic
    context: BrowserContext
    page: Page
    outside: list[str] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)
    scriptless: bool = False
    sign_in_name: str = ""
    passphrase: str = ""

    @classmethod
    def at(
        cls,
        browser: Browser,
        clinic: Clinic,
        name: str,
        *,
        size: dict[str, int] | None = None,
        script: bool = True,
        **options: Any,
    ) -> Self:
        """Open a browser for somebody: a phone unless said otherwise."""
        context = browser.new_context(
            viewport=size or PHONE,
            locale="nl-NL",
            timezone_id="Europe/Amsterdam",
            service_workers="block",
            reduced_motion="reduce",
            java_script_enabled=script,
            base_url=clinic.url,
            **options,
        )
        context.set_default_timeout(15_000)
        context.add_init_script(VIOLATIONS)
        person = cls(name=name, clinic=clinic, context=context, page=context.new_page(), scriptless=not script)
        context.on("request", person._keep_request)
        person.page.on("websocket", lambda ws: ws.on("framereceived", person._keep_frame))
        person.page.on("response", person._keep_response)
        return person

    def _keep_request(self, request: Request) -> None:
        if not request.url.startswith(self.clinic.url):
            self.outside.append(request.url)

    def _keep_frame(self, frame: str | bytes) -> None:
        self.received.append(frame if isinstance(frame, bytes) else frame.encode())

    def _keep_response(self, response: Any) -> None:
        kind = response.headers.get("content-type", "")
        if "html" in kind or "json" in kind:
            with contextlib.suppress(Error):  # a redirect or a page that was left has no body to keep
                self.received.append(response.body())

    def saw(self, text: str) -> bool:
        """Say whether any byte of this text reached this browser, by page, fetch or frame."""
        return any(text.encode() in blob for blob in self.received)

    def goes_to(self, path: str) -> None:
        """Open a page of the service."""
        self.page.goto(path)

    def follows(self, pressed: str | Locator) -> None:
        """Press what leads to another page and wait for it: the page that is left may have fields of the same names."""
        with self.page.expect_navigation():
            (self.page.locator(pressed) if isinstance(pressed, str) else pressed).click()

    def signs_in(self, account: dict[str, Any]) -> None:
        """Sign in as this account, with a second factor when there is one."""
        page = self.page
        page.goto("/in")
        page.fill("[name=sign_in_name]", account["sign_in_name"])
        page.fill("[name=passphrase]", account["passphrase"])
        send = "main form button[type=submit], main form button:not([type])"
        self.follows(send)
        if account.get("totp_secret"):
            page.fill("[name=totp]", self._fresh_code(account["totp_secret"]))
            self.follows(send)

    def _fresh_code(self, secret: str) -> str:
        """A code that was not used before in this run: a code counts once, so the same person twice waits a step."""
        totp = pyotp.TOTP(secret)
        used = _USED.setdefault(secret, set())
        for offset in (0, 1, -1):
            code = totp.at(int(time.time()) + offset * 30)
            step = int(time.time()) // 30 + offset
            if step not in used and all(step > other for other in used):
                used.add(step)
                return code
        time.sleep(30 - time.time() % 30 + 0.2)
        return self._fresh_code(secret)

    def picture(self, name: str) -> None:
        """Keep a picture of the screen, to be looked at; a story does not fail because Chromium took none."""
        ARTIFACTS.mkdir(exist_ok=True)
        for _ in range(3):
            with contextlib.suppress(Error):
                self.page.screenshot(path=ARTIFACTS / f"{name}.png")
                return

    def is_accessible(self, rules: Sequence[str] = AXE) -> None:
        """Hold the page against axe: WCAG 2.2 AA and best practice unless said otherwise, 0 violations."""
        # What was put into this page already is not read in again: it is half a megabyte.
        axe = Axe("" if self.page.evaluate("'axe' in window") else AXE_SCRIPT)
        found = axe.run(self.page, options={"runOnly": list(rules), "resultTypes": ["violations"]})
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"

    @contextlib.contextmanager
    def reading_large_letters(self) -> Iterator[None]:
        """Have letters of 200 %, as somebody sets them in the browser: what is measured in em and rem grows too."""
        session = self.context.new_cdp_session(self.page)
        usual = self.page.evaluate(_LETTERS)
        self._letters_become(2 * usual, session, 32)
        yield
        self._letters_become(usual, session, 16)
        session.detach()

    def _letters_become(self, pixels: float, session: CDPSession, standard: int) -> None:
        """Set the browser's letters, and wait until the page has them: until then it is measured as it was."""
        session.send("Page.setFontSizes", {"fontSizes": {"standard": standard}})
        self.page.wait_for_function(f"pixels => {_LETTERS} === pixels", arg=pixels)

    def fits(self) -> bool:
        """Say whether the page is no wider than the screen."""
        fits: bool = self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        return fits

    def left_no_trace_outside(self) -> None:
        """Nothing was asked from elsewhere, and the content security policy was never breached."""
        assert self.outside == []
        if self.page.url.startswith(self.clinic.url) and not self.scriptless:
            asked = self.page.wait_for_function(
                "window.__violations && [window.__violations]"
            )  # it may be renewing itself
            assert asked.json_value() == [[]]

    def close(self) -> None:
        """Close the browser."""
        self.context.close()


_USED: dict[str, set[int]] = {}


def unique_words(prefix: str) -> str:
    """Words that stand nowhere else, to look for in what others receive."""
    return f"{prefix} {secrets.token_hex(6)}"


def path_of(url: str) -> str:
    """Give the path of an address."""
    return re.sub(r"^https?://[^/]+", "", url)
