"""What every page keeps to, whoever writes it: nothing inline, nothing from elsewhere, words instead of emoji."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import safespace

ROOT = Path(safespace.__path__[0])
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
ENGLISH = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
SPRITE = (ROOT / "static" / "icons.svg").read_text(encoding="utf-8")
SYMBOLS = frozenset(re.findall(r'<symbol id="([\w-]+)"', SPRITE))
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
# Pictures drawn by a font differ per telephone and are missing on some: the sprite has the icons.
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]")
UNSAFE_SCRIPT = re.compile(r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|new Function|DOMParser)\b")
STAYS = re.compile(r"\blocalStorage(?:\.\w+\(([^,)]*))?")  # what outlives the tab, with the name it is kept under


def read(path: Path) -> str:
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
class TestTemplate:
    def test_has_no_inline_style_or_script(self, path: Path) -> None:
        text = read(path)
        assert not re.search(r"\sstyle\s*=|<style\b", text)
        assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))

    def test_asks_nothing_of_another_place(self, path: Path) -> None:
        assert not re.search(r"(?:src|action|poster)\s*=\s*[\"'](?:https?:)?//", read(path))
        assert "data:" not in read(path)

    def test_leaves_escaping_on(self, path: Path) -> None:
        assert not re.search(r"\|\s*safe\b|autoescape\s+false", read(path))

    def test_uses_icons_that_exist_and_no_emoji(self, path: Path) -> None:
        text = read(path)
        assert not EMOJI.search(text)
        assert set(re.findall(r"\bicon\('([\w-]+)'\)", text)) <= SYMBOLS

    def test_never_says_that_somebody_is_rejected(self, path: Path) -> None:
        assert not re.search(r"afgewezen|geweigerd|overtreding|rejected|violation", read(path), re.IGNORECASE)


# Titles stay in the history of a browser, also after Snel weg.
TELLING = re.compile(
    r"nood|hulp|help|crisis|alarm|veilig|safe|gevaar|danger|keek|looked|rustmoment|opschal|escal|schuilnaam|nickname"
    r"|nieuwe blik|vertel|geen toegang",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_title_tells_nothing_to_who_finds_it_in_the_history(path: Path) -> None:
    titles = re.findall(r"{%-? block title -?%}(.*?){%-? endblock", read(path), re.DOTALL)
    dutch = [text for title in titles for text in re.findall(r"_\('([^']*)'\)", title)]
    with ENGLISH.open("rb") as file:
        english = read_po(file, locale="en")
    for text in dutch:
        assert not TELLING.search(text), text
        assert not TELLING.search(str(english[text].string)), text


@pytest.mark.parametrize("path", STYLES, ids=named)
def test_a_style_sheet_fetches_only_our_own_files(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "@import" not in text
    for address in re.findall(r"url\(([^)]*)\)", text):
        assert (path.parent / address).is_file()


@pytest.mark.parametrize("path", SCRIPTS, ids=named)
def test_a_script_inserts_text_as_text(path: Path) -> None:
    assert not UNSAFE_SCRIPT.search(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SCRIPTS, ids=named)
def test_nothing_stays_on_the_device_but_whether_staff_hears_alarms(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if path.name == "alarm.js":  # on pages of staff only; the value is a word of this script
        assert set(STAYS.findall(text)) == {"KEPT"}
        assert set(re.findall(r"choose\((?!value)(.*?)\);", text)) == {'now === "on" ? "off" : "on"'}
    else:
        assert not STAYS.search(text)


def test_the_icons_carry_no_style_of_their_own() -> None:
    assert "style" not in SPRITE
    assert "<script" not in SPRITE
