"""Measures anew and writes the figures into docs/risk-evaluation.md: `make risk-evaluation`.

HateCheck is another project's data and stays outside; its file is named by SAFESPACE_HATECHECK, or left out.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "risk-evaluation.md"
SUITE = ROOT / "tests" / "risk" / "suite"
CORPUS = ROOT / "tests" / "risk" / "corpus"
FRESH = ROOT / "tests" / "risk" / "fresh"
SHORT = ROOT / "tests" / "risk" / "short"
BLIND = ROOT / "tests" / "risk" / "blind"
BEGIN, END = "<!-- figures begin: make risk-evaluation -->", "<!-- figures end -->"


def measured(suite: Path, *asked: str) -> str:
    """Give what the command prints, with its headings one step lower."""
    command = [sys.executable, "-m", "safespace.cli.main", "risk", "evaluate", str(suite), *asked]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return run.stdout.strip()


def figures() -> str:
    """Give all sections that are measured."""
    hatecheck = os.environ.get("SAFESPACE_HATECHECK")
    parts = [
        ("### The frozen half of the own suite", measured(SUITE, "--half", "frozen", "--compare", "--fair")),
        ("### The half that the rules were written with", measured(SUITE, "--half", "dev", "--bend", "--speed")),
    ]
    parts += [
        (
            f"### The {half} half of the corpus, by the rules alone and with the model{note}",
            measured(CORPUS, "--half", half, "--short"),
        )
        for half, note in (("frozen", ""), ("dev", ", which was trained on it"))
    ]
    parts += [
        (f"### The {half} half of the {what}", measured(where, "--half", half, *asked))
        for what, where, asked in (
            ("posts written later", FRESH, ()),
            ("short posts by three writers", SHORT, ("--short",)),
            ("posts by three writers who saw no rule", BLIND, ("--short",)),
        )
        for half in ("frozen", "dev")
    ]
    if hatecheck:
        parts += [
            (f"### Multilingual HateCheck, Dutch, the {half} templates", measured(Path(hatecheck), "--half", half))
            for half in ("frozen", "dev")
        ]
    return "\n\n".join(f"{head}\n\n{text}" for head, text in parts)


def main() -> None:
    """Replace what stands between the two marks."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{figures()}\n\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
