"""Columns that have their type from the column that a key refers to

Revision ID: c0038
Revises: c0037
"""
import sqlalchemy as sa

from alembic import op

revision = "c0038"
down_revision = "c0037"
branch_labels = None
depends_on = None

metadata = sa.MetaData()
parents = sa.Table("parents", metadata, sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("code", sa.String(9), unique=True))
children = sa.Table(
    "children",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("parent_id", sa.ForeignKey("parents.id")),
    sa.Column("code", None, sa.ForeignKey("parents.code", ondelete="CASCADE"), nullable=False),
    sa.Column("other_id", sa.ForeignKey(parents.c.id)),
)


def upgrade():
    metadata.create_all(op.get_bind(), checkfirst=False)


def downgrade():
    metadata.drop_all(op.get_bind(), checkfirst=False)
