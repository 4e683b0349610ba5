"""Functions, windows, aliases, CTEs, operators

Revision ID: c0037
Revises: c0036
"""
import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "c0037"
down_revision = "c0036"
branch_labels = None
depends_on = None

a = sa.table(
    "a",
    sa.column("id", sa.Integer),
    sa.column("name", sa.String),
    sa.column("n", sa.Numeric),
    sa.column("tags", postgresql.ARRAY(sa.Text)),
    sa.column("at", sa.DateTime),
    sa.column("ok", sa.Boolean),
    sa.column("took", sa.Interval),
)
b = sa.table("b", sa.column("id", sa.Integer), sa.column("a_id", sa.Integer), sa.column("name", sa.String))


def upgrade():
    op.execute(a.update().values(n=sa.func.row_number().over(partition_by=a.c.name, order_by=a.c.id.desc())))
    ranked = sa.select(a.c.id, sa.func.rank().over(order_by=a.c.n).label("r")).subquery("ranked")
    op.execute(a.update().values(n=ranked.c.r).where(a.c.id == ranked.c.id))
    latest = sa.select(b.c.a_id, sa.func.max(b.c.id).label("m")).group_by(b.c.a_id).cte("latest")
    op.execute(a.delete().where(a.c.id.in_(sa.select(latest.c.m))))
    op.execute(a.update().values(name=sa.func.coalesce(a.c.name, "")).where(a.c.name.is_distinct_from("x")))
    op.execute(a.update().values(at=sa.func.now() - sa.text("interval '1 day'")))
    op.execute(a.update().values(at=sa.extract("year", a.c.at)))
    op.execute(a.delete().where(a.c.tags.any("x")))
    op.execute(a.delete().where(a.c.tags.contains(["x", "y"])))
    op.execute(a.delete().where(a.c.tags.overlap(["x"])))
    op.execute(a.update().values(tags=sa.func.array_append(a.c.tags, "x")))
    op.execute(a.update().values(tags=postgresql.array(["x", "y"])))
    op.execute(a.update().values(name=sa.func.concat(a.c.name, "-", sa.cast(a.c.id, sa.String))))
    op.execute(a.update().values(name=a.c.name.concat("x").collate("C")))
    op.execute(a.update().values(n=-a.c.n))
    op.execute(a.update().values(n=a.c.n % 3, ok=~a.c.ok))
    op.execute(a.update().values(n=(a.c.n + 1) * 2 - a.c.id / 3))
    op.execute(a.delete().where(sa.tuple_(a.c.id, a.c.name).in_([(1, "x"), (2, "y")])))
    op.execute(a.delete().where(sa.func.length(a.c.name) > 3, a.c.ok))
    op.execute(a.delete().where(a.c.name.regexp_match("^x")))
    op.execute(a.update().values(name=a.c.name.regexp_replace("a", "b", flags="g")))
    op.execute(a.delete().where(a.c.name.contains("x"), a.c.name.endswith("y")))
    op.execute(a.delete().where(a.c.name.op("~*")("x")))
    op.execute(a.delete().where(a.c.name.in_([])))
    op.execute(a.delete().where(sa.and_(a.c.id.is_not(None), sa.or_(a.c.ok.is_(True), a.c.n.between(1, 2)))))
    op.execute(a.update().values(name=sa.select(b.c.name).where(b.c.a_id == a.c.id).limit(1).scalar_subquery()))
    op.execute(a.update().values(n=sa.select(sa.func.count()).select_from(b).where(b.c.a_id == a.c.id).scalar_subquery()))
    op.execute(a.delete().where(~sa.exists(sa.select(b.c.id).where(b.c.a_id == a.c.id))))
    op.execute(a.update().values(n=sa.func.sum(b.c.id).filter(b.c.name == "x")))
    op.execute(a.update().values(name=sa.func.string_agg(b.c.name, sa.literal(","))))
    op.execute(
        a.update().values(
            name=sa.func.string_agg(b.c.name, postgresql.aggregate_order_by(sa.literal(","), b.c.id))
        )
    )
    op.execute(a.update().values(name=sa.literal_column("'x' || name")))
    op.execute(a.update().values(name=sa.type_coerce(a.c.name, sa.Text)))
    op.execute(a.update().values(name=sa.null(), ok=sa.false()))
    op.execute(sa.insert(b).from_select(["a_id", "name"], sa.select(a.c.id, sa.literal("x")).distinct()))
    union = sa.union_all(sa.select(a.c.id), sa.select(b.c.id)).subquery("u")
    op.execute(a.delete().where(a.c.id.in_(sa.select(union.c.id))))
    aa = a.alias("aa")
    op.execute(a.delete().where(a.c.id.in_(sa.select(aa.c.id).join(b, b.c.a_id == aa.c.id).order_by(aa.c.id).offset(3))))
    op.execute(
        postgresql.insert(b)
        .values([{"id": 1, "name": "x"}])
        .on_conflict_do_update(index_elements=[b.c.id], set_={"name": "y"}, where=b.c.name != "z")
    )
    op.execute(sa.select(a.c.id).with_for_update())
    op.execute(a.update().values(n=sa.func.round(sa.cast(a.c.n, sa.Numeric(10, 2)), 1)))
    op.execute(a.update().values(at=sa.func.date_trunc("day", a.c.at)))
    op.execute(a.update().values(name=sa.func.substr(a.c.name, 1, 3)))
    op.execute(a.delete().where(a.c.id == sa.any_(sa.func.string_to_array("1,2", ","))))
    op.execute(a.delete().where(a.c.id == sa.bindparam("x", value=5)))
    v = sa.values(sa.column("id", sa.Integer), sa.column("name", sa.String), name="v").data([(1, "x"), (2, "y")])
    op.execute(a.update().values(name=v.c.name).where(a.c.id == v.c.id))
    each = sa.func.jsonb_each(sa.text("'{}'")).table_valued("key", "value")
    op.execute(a.delete().where(a.c.name.in_(sa.select(each.c.key))))
    op.execute(a.update().values(took=datetime.timedelta(days=1, seconds=3)))
    numbered = (
        sa.func.unnest(a.c.tags).table_valued("tag", with_ordinality="n").render_derived(name="t").lateral()
    )
    op.execute(sa.select(numbered.c.tag, numbered.c.n).select_from(a).join(numbered, sa.true()))
    plain = sa.func.unnest(a.c.tags).table_valued("tag").lateral("q")
    op.execute(sa.select(plain.c.tag).select_from(a).join(plain, sa.true()))
    op.execute(sa.select(sa.func.unnest(a.c.tags).label("tag"), sa.func.count()).group_by(sa.text("1")))
    op.execute(sa.select(a.c.id).where(a.c.n > sa.select(sa.func.avg(a.c.n)).scalar_subquery()).having(sa.func.count() > 1))


def downgrade():
    pass
