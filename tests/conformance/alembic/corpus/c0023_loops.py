"""loops, conditions and helpers

Revision ID: c0023
Revises: c0022
"""
import sqlalchemy as sa

from alembic import op

revision = "c0023"
down_revision = "c0022"
branch_labels = None
depends_on = None

TABLES = ("a", "b")
COLUMNS = {"x": sa.Integer(), "y": sa.Text()}


def _add(table, name, type_, **kwargs):
    op.add_column(table, sa.Column(name, type_, **kwargs))


def _both(function):
    for table in TABLES:
        function(table)


def upgrade():
    for table in TABLES:
        for name, type_ in COLUMNS.items():
            _add(table, name, type_, nullable=True)
    _both(lambda t: op.create_index(f"ix_{t}", t, ["x"]))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT 1")
    else:
        op.execute("SELECT 2")


def downgrade():
    for i, table in enumerate(reversed(TABLES)):
        op.drop_index("ix_" + table, table_name=table)
        for name in sorted(COLUMNS, reverse=True):
            op.drop_column(table, name)
