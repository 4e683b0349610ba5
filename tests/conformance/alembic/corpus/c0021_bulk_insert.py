"""rows inserted in bulk

Revision ID: c0021
Revises: c0020
"""
import sqlalchemy as sa

from alembic import op

revision = "c0021"
down_revision = "c0020"
branch_labels = None
depends_on = None


def upgrade():
    t = sa.table("t", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("on", sa.Boolean))
    op.bulk_insert(t, [{"id": 1, "name": "a", "on": True}, {"id": 2, "name": "it's", "on": False}, {"id": 3, "name": None, "on": None}])
    made = op.create_table("made", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))
    op.bulk_insert(made, [{"id": i, "n": i * 10} for i in range(2)])


def downgrade():
    pass
