"""indexes of every kind

Revision ID: c0017
Revises: c0016
"""
import sqlalchemy as sa

from alembic import op

revision = "c0017"
down_revision = "c0016"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_a", "t", ["a"])
    op.create_index(op.f("ix_b"), "t", ["a", "b"], unique=True, schema="s")
    op.create_index("ix_c", "t", [sa.text("lower(name)")])
    op.create_index("ix_d", "t", ["a", sa.text("b DESC")], postgresql_using="BTREE")
    op.create_index("ix_e", "t", ["a"], postgresql_where=sa.text("a > 0 AND b = 'x'"))
    op.create_index("ix_f", "t", ["a"], postgresql_concurrently=True, if_not_exists=True)
    op.create_index("ix_g", "t", ["data"], postgresql_using="gin", postgresql_ops={"data": "jsonb_path_ops"})
    op.create_index("ix_h", "t", ["a"], postgresql_include=["b", "c"])
    op.create_index("ix_i", "t", ["a"], unique=True, postgresql_nulls_not_distinct=True)
    op.create_index("ix_j", "t", ["a"], postgresql_with={"fillfactor": 50}, postgresql_tablespace="fast")
    op.create_index("ix_k", "t", [sa.column("a").desc(), sa.func.lower(sa.column("b"))])
    op.create_index("ix_l", "t", [sa.text("(a + b)")], postgresql_where="c IS NULL")
    op.create_index("ix_m", "t", ["order", "Upper"])
    op.create_index("ix_n", "t", [sa.literal_column("lower(x)")], postgresql_where=sa.column("a") == 5)
    op.create_index("ix_o", "t", [sa.func.coalesce(sa.column("a"), "")], postgresql_where=sa.and_(sa.column("a").is_(None), sa.column("b") > 1))


def downgrade():
    op.drop_index("ix_a", table_name="t")
    op.drop_index(op.f("ix_b"), table_name="t", schema="s")
    op.drop_index("ix_f", table_name="t", postgresql_concurrently=True, if_exists=True)
    op.drop_index("ix_g")
