"""defaults of every kind

Revision ID: c0011
Revises: c0010
"""
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "c0011"
down_revision = "c0010"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("t", sa.Column("a", sa.Integer, server_default="0"))
    op.add_column("t", sa.Column("b", sa.Integer, server_default=sa.text("0")))
    op.add_column("t", sa.Column("c", sa.Text, server_default="it's"))
    op.add_column("t", sa.Column("d", sa.Boolean, server_default=sa.false()))
    op.add_column("t", sa.Column("e", sa.Boolean, server_default=sa.sql.expression.true()))
    op.add_column("t", sa.Column("f", sa.DateTime, server_default=sa.func.current_timestamp()))
    op.add_column("t", sa.Column("g", sa.DateTime, server_default=sa.text("timezone('utc', now())")))
    op.add_column("t", sa.Column("h", postgresql.JSONB, server_default=sa.text("'{}'::jsonb")))
    op.add_column("t", sa.Column("i", postgresql.UUID, server_default=sa.func.gen_random_uuid()))
    op.add_column("t", sa.Column("j", sa.Integer, server_default=sa.literal(5)))
    op.add_column("t", sa.Column("k", sa.Integer, server_default=sa.FetchedValue()))
    op.add_column("t", sa.Column("l", sa.Integer, server_default=sa.Sequence("seq").next_value()))
    op.add_column("t", sa.Column("m", sa.Text, server_default=sa.null()))
    op.add_column("t", sa.Column("n", sa.Text, sa.DefaultClause("x")))
    op.add_column("t", sa.Column("o", sa.Text, server_default=sa.cast("1", sa.Text)))


def downgrade():
    pass
