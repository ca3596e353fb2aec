"""How a template and a script are written: pure functions over (path, source)."""

import re

COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
# library/markdown.py gives Markup that is sanitised, so no template has to promise anything itself.
MARKED_SAFE: frozenset[str] = frozenset()
LONGEST = 300


def bare(source: str) -> str:
    """Give a template without its comments, line numbers kept."""
    return COMMENT.sub(lambda found: "\n" * found.group().count("\n"), source)


def _found(pattern: str, path: str, source: str) -> list[str]:
    text = bare(source)
    return [
        f"{path}:{text.count(chr(10), 0, hit.start()) + 1}: {hit.group().strip()[:60]}"
        for hit in re.finditer(pattern, text, re.IGNORECASE)
    ]


def text_stays_escaped(path: str, source: str) -> list[str]:
    if path in MARKED_SAFE:
        return []
    return _found(r"\|\s*safe\b|\bMarkup\(|\bautoescape\s+false", path, source)


def nothing_is_styled_inline(path: str, source: str) -> list[str]:
    return _found(r"<[^>]*\sstyle\s*=|<style\b", path, source)


def no_script_stands_in_a_page(path: str, source: str) -> list[str]:
    return _found(r"<script\b(?![^>]*\ssrc=)", path, source)


def no_attribute_runs(path: str, source: str) -> list[str]:
    return _found(r"<[^>]*\son[a-z]+\s*=|javascript:", path, source)


def nothing_comes_from_elsewhere(path: str, source: str) -> list[str]:
    return _found(r"(?:\ssrc|\ssrcset|\saction|\sposter|<link[^>]*\shref)\s*=\s*[\"']?(?:https?:)?//", path, source)


def every_form_that_writes_carries_its_token(path: str, source: str) -> list[str]:
    """Without the token the server refuses what somebody typed."""
    forms = re.findall(r"<form\b[^>]*method=[\"']?post[^>]*>.*?</form>", bare(source), re.IGNORECASE | re.DOTALL)
    return [
        f"{path}: a form without a token: {form[:60]}"
        for form in forms
        if not re.search(r"\bcsrf(?:_token)?\(\)", form)
    ]


def a_template_is_short(path: str, source: str) -> list[str]:
    lines = len(source.splitlines())
    return [] if lines <= LONGEST else [f"{path}: {lines} lines"]


RULES = (
    text_stays_escaped,
    nothing_is_styled_inline,
    no_script_stands_in_a_page,
    no_attribute_runs,
    nothing_comes_from_elsewhere,
    every_form_that_writes_carries_its_token,
    a_template_is_short,
)
