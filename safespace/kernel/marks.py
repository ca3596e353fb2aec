"""Marks of an installation: a few facts about the database itself, such as that all in it is fictional."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from safespace.kernel.db import Base

DEMO = "demo"


class InstallationMark(Base):
    """One fact about this database."""

    __tablename__ = "installation_marks"

    key: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    value: Mapped[str] = mapped_column(sa.String(200))


def mark(session: Session, key: str, value: str = "1") -> None:
    """Set a mark; an earlier value is replaced."""
    session.merge(InstallationMark(key=key, value=value))


def mark_of(session: Session, key: str) -> str:
    """Give the value of a mark, "" when it was never set."""
    return session.scalar(sa.select(InstallationMark.value).where(InstallationMark.key == key)) or ""
