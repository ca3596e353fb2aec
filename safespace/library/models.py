"""Psycho-education items and pins."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from safespace.kernel.db import Base, new_id


class Item(Base):
    """A short piece of psycho-education, in Markdown, sealed; English is optional and falls back on Dutch."""

    __tablename__ = "library_items"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id", ondelete="RESTRICT"), index=True)
    slug: Mapped[str] = mapped_column(sa.String(60), default="")
    topic: Mapped[str] = mapped_column(sa.String(40), default="")
    title: Mapped[bytes] = mapped_column(default=b"")
    body: Mapped[bytes] = mapped_column(default=b"")
    title_en: Mapped[bytes | None] = mapped_column(default=None)
    body_en: Mapped[bytes | None] = mapped_column(default=None)
    written_by: Mapped[UUID | None] = mapped_column(default=None)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    retired_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(default=1)


class Pin(Base):
    """An item or a post held at the top of a group or a thread; at most three in one place.

    `planned_for` is when the group is to see it, None for at once; `shown_at` is None until then.
    """

    __tablename__ = "pins"
    __table_args__ = (
        sa.CheckConstraint("(item_id IS NULL) <> (post_id IS NULL)", name="one_thing"),
        sa.Index("ix_pins_live", "group_id", "thread_id", postgresql_where=sa.text("unpinned_at IS NULL")),
        sa.Index(
            "ix_pins_planned",
            "planned_for",
            sqlite_where=sa.text("shown_at IS NULL"),
            postgresql_where=sa.text("shown_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    group_id: Mapped[UUID] = mapped_column(sa.ForeignKey("groups.id", ondelete="RESTRICT"))
    thread_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("threads.id", ondelete="RESTRICT"), default=None)
    item_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("library_items.id", ondelete="RESTRICT"), default=None)
    post_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("posts.id", ondelete="RESTRICT"), default=None)
    pinned_by: Mapped[UUID]
    pinned_at: Mapped[datetime]
    planned_for: Mapped[datetime | None] = mapped_column(default=None)
    shown_at: Mapped[datetime | None] = mapped_column(default=None)
    unpinned_at: Mapped[datetime | None] = mapped_column(default=None)
