"""Dutch and English words for numbers, and what a number in digits is worth."""

import re

_DUTCH = ["nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf"]
_DUTCH += ["dertien", "veertien"]
_DUTCH += ["vijftien", "zestien", "zeventien", "achttien", "negentien"]
_DUTCH_TENS = {20: "twintig", 30: "dertig", 40: "veertig", 50: "vijftig", 60: "zestig", 70: "zeventig"}
_DUTCH_TENS |= {80: "tachtig", 90: "negentig"}
_ENGLISH = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"]
_ENGLISH += ["twelve", "thirteen", "fourteen", "fifteen"]
_ENGLISH += ["sixteen", "seventeen", "eighteen", "nineteen"]
_ENGLISH_TENS = {20: "twenty", 30: "thirty", 40: "forty", 50: "fifty", 60: "sixty", 70: "seventy", 80: "eighty"}
_ENGLISH_TENS |= {90: "ninety"}
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+")

DIGIT_WORDS = {word: str(value) for words in (_DUTCH[:10], _ENGLISH[:10]) for value, word in enumerate(words)}


def _words() -> dict[str, int]:
    known = {word: value for words in (_DUTCH, _ENGLISH) for value, word in enumerate(words)}
    for ten, word in _DUTCH_TENS.items():
        known[word] = ten
        known |= {f"{_DUTCH[one]}en{word}": ten + one for one in range(1, 10)}
    for ten, word in _ENGLISH_TENS.items():
        known[word] = ten
        known |= {f"{word}{_ENGLISH[one]}": ten + one for one in range(1, 10)}
    for below in range(1, 100):
        written = next(word for word, value in known.items() if value == below)
        known[f"honderd{written}"] = known[f"honderden{written}"] = 100 + below
    known |= {"honderd": 100, "duizend": 1000, "hundred": 100, "thousand": 1000}
    for many in range(2, 20):
        known[f"{_DUTCH[many]}honderd"] = many * 100
        known[f"{_DUTCH[many]}duizend"] = many * 1000
    # Articles first: as a word they are far more often no number.
    del known["een"], known["one"]
    return known


NUMERALS = _words()


def value_of(digits: str) -> float:
    """Promise the worth of a number in digits, with a Dutch or English decimal mark: 48,5 and 20.000 and 1.200."""
    if _THOUSANDS.fullmatch(digits):
        return float(digits.replace(".", "")[:15])
    whole, _, rest = digits.replace(",", ".").partition(".")
    decimals = rest.partition(".")[0][:3]
    return float(f"{whole[:15]}.{decimals or 0}")
