"""options of a table

Revision ID: c0013
Revises: c0012
"""
import sqlalchemy as sa

from alembic import op

revision = "c0013"
down_revision = "c0012"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer), schema="s", comment="it's a table")
    op.create_table("p", sa.Column("id", sa.Integer), postgresql_partition_by="RANGE (id)")
    op.create_table("i", sa.Column("id", sa.Integer), postgresql_inherits="p", postgresql_tablespace="fast")
    op.create_table("n", sa.Column("id", sa.Integer, comment="the key"), if_not_exists=True, prefixes=["UNLOGGED"])
    op.create_table("c", sa.Column("id", sa.Integer), prefixes=["TEMPORARY"], postgresql_on_commit="PRESERVE ROWS")
    op.create_table_comment("t", "new comment", schema="s", existing_comment="old")
    op.rename_table("t", "t2", schema="s")


def downgrade():
    op.drop_table_comment("t", schema="s")
    op.drop_table("t", schema="s")
    op.drop_table("n", if_exists=True)
