"""columns of declarative classes that annotations give

Revision ID: c0040
Revises: c0039
"""
import datetime
import uuid
from decimal import Decimal
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from alembic import op

revision = "c0040"
down_revision = "c0039"
branch_labels = None
depends_on = None


class Base(DeclarativeBase):
    pass


class Team(Base):
    __tablename__ = "teams"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    note: Mapped[Optional[str]]
    code: Mapped[str | None] = mapped_column(sa.String(20))
    rate: Mapped[Decimal] = mapped_column(nullable=True)
    key: Mapped[uuid.UUID]
    at: Mapped[datetime.datetime] = mapped_column(server_default=sa.func.now())
    open: Mapped[bool]
    users: Mapped[list["User"]] = relationship(back_populates="team")


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(sa.Integer, sa.ForeignKey("teams.id"))
    team: Mapped[Team] = relationship(back_populates="users")


def upgrade():
    Team.__table__.create(op.get_bind())
    User.__table__.create(op.get_bind())
    op.execute(sa.select(Team))
    op.execute(sa.update(Team).where(Team.name == "x").values(note="y"))


def downgrade():
    op.execute(sa.select(User))
