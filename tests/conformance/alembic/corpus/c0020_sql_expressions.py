"""INSERT, UPDATE and DELETE objects

Revision ID: c0020
Revises: c0019
"""
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "c0020"
down_revision = "c0019"
branch_labels = None
depends_on = None

accounts = sa.table(
    "accounts",
    sa.column("id", sa.Integer),
    sa.column("name", sa.String),
    sa.column("active", sa.Boolean),
    sa.column("data", postgresql.JSONB),
)
users = sa.Table("users", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String))


def upgrade():
    op.execute(accounts.update().values(active=True))
    op.execute(accounts.update().where(accounts.c.name == "x").values({"name": "y", "active": False}))
    op.execute(accounts.update().where(accounts.c.id.in_([1, 2, 3])).values(name=op.inline_literal("z")))
    op.execute(accounts.delete().where(accounts.c.name.is_(None)))
    op.execute(accounts.delete().where(sa.or_(accounts.c.id > 5, accounts.c.name.like("a%"))))
    op.execute(sa.update(accounts).where(~accounts.c.active).values(name=sa.func.upper(accounts.c.name)))
    op.execute(sa.delete(accounts).where((accounts.c.id == 1) & (accounts.c.name != "q")))
    op.execute(accounts.insert().values(id=1, name="it's", active=True))
    op.execute(sa.insert(accounts).values([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]))
    op.execute(users.insert().values(name="n"))
    op.execute(accounts.update().values(name=sa.case((accounts.c.id > 3, "big"), else_="small")))
    op.execute(accounts.update().values(name=accounts.c.name + "!"))
    op.execute(accounts.update().where(accounts.c.id == users.c.id).values(name=users.c.name))
    op.execute(accounts.update().where(accounts.c.active == sa.true()).values(name=None))
    op.execute(accounts.insert().from_select(["id", "name"], sa.select(users.c.id, users.c.name).where(users.c.id < 9)))
    op.execute(sa.update(accounts).values(name=sa.select(users.c.name).where(users.c.id == accounts.c.id).scalar_subquery()))
    op.execute(accounts.delete().where(accounts.c.name.between("a", "b")))
    op.execute(accounts.delete().where(sa.not_(accounts.c.name.ilike("%x"))))
    op.execute(accounts.delete().where(accounts.c.name.notin_(["a", "b"])))
    op.execute(postgresql.insert(accounts).values(id=1, name="x").on_conflict_do_nothing(index_elements=["id"]))
    op.execute(accounts.update().values(data=sa.cast(sa.text("'{}'"), postgresql.JSONB)))
    op.execute(accounts.delete().where(accounts.c.id + 1 > 3))
    op.execute(accounts.delete().where(sa.exists().where(users.c.id == accounts.c.id)))
    op.execute(accounts.delete().where(accounts.c.name.startswith("x")))


def downgrade():
    pass
