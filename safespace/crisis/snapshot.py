"""The snapshot of the help page: written whole or not at all, so that the page is there while the database is not."""

import json
import os
from pathlib import Path

import sqlalchemy as sa

from safespace.crisis.help import (
    BUNDLE,
    SNAPSHOT,
    HelpPage,
    Line,
    Place,
    read_bundle,
    read_snapshot,
    sort_lines,
)
from safespace.crisis.models import HelpLine
from safespace.groups.locations import crisis_numbers
from safespace.kernel.work import Work


def publish(work: Work) -> bool:
    """Write what the database says now to the snapshot, unless it says that already; give whether it was written.

    Call it after the commit of a change, at the start, and by the clock. Raises OSError when the disk refuses; the
    earlier snapshot then stands.
    """
    path = work.settings.data_dir / SNAPSHOT
    page = gather(work)
    try:
        if read_snapshot(path) == page:
            return False
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        pass  # there is none yet, or it is spoiled: write it
    write(path, page)
    return True


def gather(work: Work) -> HelpPage:
    """Read lines and crisis numbers from the database; the delivered lines as long as nobody seeded any."""
    rows = work.session.scalars(sa.select(HelpLine).order_by(HelpLine.position, HelpLine.key))
    lines = tuple(sort_lines(_line(row) for row in rows))
    if not any(line.fixed for line in lines):
        lines = read_bundle(work.settings.config_dir / BUNDLE)
    places = tuple(Place(id=str(key), name=name, phone=phone) for key, name, phone in crisis_numbers(work))
    return HelpPage(lines=lines, places=places)


def write(path: Path, page: HelpPage) -> None:
    """Replace the snapshot atomically, and only return when it is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    spare = path.with_name(f"{path.name}.{os.getpid()}.new")
    with spare.open("w") as file:
        json.dump(page.as_json(), file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    spare.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _line(row: HelpLine) -> Line:
    return Line(
        key=row.key,
        name_nl=row.name_nl,
        name_en=row.name_en,
        purpose_nl=row.purpose_nl,
        purpose_en=row.purpose_en,
        phone=row.phone,
        tel=row.tel,
        chat=row.chat,
        site=row.site,
        hours_nl=row.hours_nl,
        hours_en=row.hours_en,
        topics=tuple(row.topics),
        min_age=row.min_age,
        max_age=row.max_age,
        fixed=row.fixed,
        verified_on=row.verified_on.isoformat() if row.verified_on else "",
    )
