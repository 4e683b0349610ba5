"""Names that SQLAlchemy makes for selected expressions, subqueries and aliases; extra FROMs."""
import sqlalchemy as sa
from alembic import op

revision = "c0029"
down_revision = "c0028"

users = sa.table("users", sa.column("id", sa.Integer), sa.column("name", sa.String),
                 sa.column("score", sa.Integer), sa.column("team_id", sa.Integer))
teams = sa.table("teams", sa.column("id", sa.Integer), sa.column("name", sa.String))
grants = sa.table("grants", sa.column("team_id", sa.Integer), sa.column("name", sa.String),
                  sa.column("source", sa.String))


def upgrade():
    # labels
    op.execute(sa.insert(grants).from_select(
        ["team_id", "name", "source"],
        sa.select(teams.c.id, sa.literal("basic"), sa.literal("SYSTEM").label("source")).where(
            ~sa.exists(sa.select(sa.literal(1)).where(grants.c.team_id == teams.c.id)))))
    op.execute(sa.insert(teams).from_select(
        ["id", "name"], sa.select(sa.func.max(users.c.id), sa.func.max(users.c.name))))
    op.execute(sa.insert(teams).from_select(
        ["id"], sa.select(users.c.id + 1).where(users.c.score > 3)))
    op.execute(sa.insert(teams).from_select(
        ["id"], sa.select(sa.case((users.c.score > 3, 1), else_=2))))
    # subqueries
    ranked = sa.select(
        users.c.id,
        sa.func.row_number().over(partition_by=users.c.team_id, order_by=users.c.score).label("place"),
    ).subquery()
    op.execute(users.update().where(users.c.id == ranked.c.id).values(score=ranked.c.place))
    named = sa.select(users.c.team_id, sa.func.count(users.c.id).label("size")).group_by(
        users.c.team_id).subquery("sizes")
    op.execute(users.update().where(users.c.team_id == named.c.team_id).values(score=named.c.size))
    first = sa.select(users.c.id).where(users.c.score == 1).subquery()
    second = sa.select(users.c.id).where(users.c.score == 2).subquery()
    op.execute(sa.delete(users).where(users.c.id == first.c.id).where(users.c.team_id == second.c.id))
    # the left side of a join is the table that its condition speaks of
    op.execute(sa.select(users.c.id, grants.c.name).join(teams, grants.c.team_id == teams.c.id).join(
        users, users.c.team_id == teams.c.id))
    # aliases
    other = users.alias()
    op.execute(users.update().where(users.c.team_id == other.c.team_id).values(name=other.c.name))
    # tables of the condition come before those of the values
    op.execute(users.update().where(teams.c.id == users.c.team_id).where(
        grants.c.team_id == teams.c.id).values(name=grants.c.name))
    # every operation that is assigned stands in parentheses
    op.execute(users.update().values(score=users.c.score + 1))
    op.execute(users.update().values(score=-users.c.score))
    op.execute(users.update().values(score=(users.c.score + 1) * 2))
    op.execute(users.update().values(score=sa.func.abs(users.c.score)))
    op.execute(users.update().values(score=users.c.score / 2))
    op.execute(users.insert().values(score=users.c.score - 1, name=users.c.name + "x"))
    op.execute(users.update().values(score=sa.text("score + 1")))


def downgrade():
    op.execute(users.update().values(score=users.c.score / 2.5))
    op.execute(users.update().values(score=users.c.score // 2))
    op.execute(users.update().where(users.c.name == sa.cast(sa.literal("x"), sa.Text)).values(score=1))
