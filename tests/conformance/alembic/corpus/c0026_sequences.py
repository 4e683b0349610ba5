"""sequences

Revision ID: c0026
Revises: c0025
"""
import sqlalchemy as sa

from alembic import op

revision = "c0026"
down_revision = "c0025"
branch_labels = None
depends_on = None

seq = sa.Sequence("counter", start=100, increment=10, minvalue=1, maxvalue=1000, cycle=True, cache=5)


def upgrade():
    op.execute(sa.schema.CreateSequence(seq))
    op.execute(sa.schema.CreateSequence(sa.Sequence("other", schema="s", data_type=sa.BigInteger), if_not_exists=True))
    op.add_column("t", sa.Column("n", sa.Integer, seq, server_default=seq.next_value()))
    op.create_table("u", sa.Column("id", sa.Integer, sa.Sequence("u_seq"), primary_key=True))


def downgrade():
    op.execute(sa.schema.DropSequence(sa.Sequence("other", schema="s"), if_exists=True))
