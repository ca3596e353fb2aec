"""What an author sees before sending: a hint that names no word, and help at once when it matters."""

import pytest

from safespace.moderation.risk.engine import Engine
from safespace.moderation.risk.hinting import Advice, Hint, advice


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wat een mooie dag", Advice((), help_first=False)),
        ("ik weeg nu 48 kilo", Advice((Hint.NUMBERS,), help_first=False)),
        ("ik woon op de Voorbeeldstraat 4", Advice((Hint.PERSONAL_DATA,), help_first=False)),
        ("je kunt 113 bellen, dat heeft mij geholpen", Advice((), help_first=False)),
        ("ik wil niet meer leven", Advice((), help_first=True)),
        ("ik ben drie maanden gestopt met snijden", Advice((), help_first=True)),
    ],
)
def test_a_hint_says_what_it_is_about_and_nothing_of_the_text(engine: Engine, text: str, expected: Advice) -> None:
    assert advice(engine.assess(text)) == expected


def test_hints_stand_in_one_order_and_help_comes_with_them(engine: Engine) -> None:
    said = advice(engine.assess("app me op 06-00000000, ik weeg 48 kilo en ik wil dood"))
    assert said == Advice((Hint.NUMBERS, Hint.PERSONAL_DATA, Hint.CONTACT), help_first=True)
    assert "48" not in repr(said)
