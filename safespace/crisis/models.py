"""Help lines as the administrators keep them."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from safespace.kernel.db import Base, new_id


class HelpLine(Base):
    """A number or chat where help is, with the day somebody last checked it."""

    __tablename__ = "help_lines"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    key: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name_nl: Mapped[str] = mapped_column(sa.String(120))
    name_en: Mapped[str] = mapped_column(sa.String(120))
    purpose_nl: Mapped[str] = mapped_column(sa.String(400), default="")
    purpose_en: Mapped[str] = mapped_column(sa.String(400), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    tel: Mapped[str] = mapped_column(sa.String(40), default="")
    chat: Mapped[str] = mapped_column(sa.String(200), default="")
    site: Mapped[str] = mapped_column(sa.String(200), default="")
    hours_nl: Mapped[str] = mapped_column(sa.String(200), default="")
    hours_en: Mapped[str] = mapped_column(sa.String(200), default="")
    topics: Mapped[list[str]] = mapped_column(default_factory=list)
    min_age: Mapped[int | None] = mapped_column(default=None)
    max_age: Mapped[int | None] = mapped_column(default=None)
    fixed: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    verified_on: Mapped[date | None] = mapped_column(default=None)
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
