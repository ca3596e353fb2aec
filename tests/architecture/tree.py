"""The files of the service, as (path, source)."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def files(pattern: str) -> dict[str, str]:
    """Give path → source of all files of the service that match, paths from the top of the repository."""
    return {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for path in sorted((ROOT / "safespace").rglob(pattern))
        if "__pycache__" not in path.parts
    }
