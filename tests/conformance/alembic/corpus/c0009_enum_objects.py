"""enums created and dropped by hand

Revision ID: c0009
Revises: c0008
"""
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "c0009"
down_revision = "c0008"
branch_labels = None
depends_on = None

STATUS = postgresql.ENUM("new", "done", name="status", create_type=False)


def upgrade():
    STATUS.create(op.get_bind(), checkfirst=True)
    op.add_column("jobs", sa.Column("status", STATUS, server_default="new", nullable=False))
    bind = op.get_bind()
    sa.Enum("a", "b", name="Upper", schema="my").create(bind)


def downgrade():
    op.drop_column("jobs", "status")
    STATUS.drop(op.get_bind())
