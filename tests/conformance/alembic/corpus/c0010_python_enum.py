"""an enum class

Revision ID: c0010
Revises: c0009
"""
import sqlalchemy as sa

from alembic import op

revision = "c0010"
down_revision = "c0009"
branch_labels = None
depends_on = None

import enum


class Colour(enum.Enum):
    RED = "red"
    DARK_BLUE = "blue"


def upgrade():
    op.create_table("t", sa.Column("c", sa.Enum(Colour)), sa.Column("d", sa.Enum(Colour, name="named")))
    op.add_column("t", sa.Column("e", sa.Enum(Colour, native_enum=False, values_callable=lambda e: [m.value for m in e])))


def downgrade():
    pass
