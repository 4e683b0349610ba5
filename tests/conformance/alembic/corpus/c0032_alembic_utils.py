"""alembic_utils: views, functions, triggers, policies, extensions."""
from alembic import op
from alembic_utils.pg_extension import PGExtension
from alembic_utils.pg_function import PGFunction
from alembic_utils.pg_materialized_view import PGMaterializedView
from alembic_utils.pg_policy import PGPolicy
from alembic_utils.pg_trigger import PGTrigger
from alembic_utils.pg_view import PGView

revision = "c0032"
down_revision = "c0031"

extension = PGExtension(schema="public", signature="pg_trgm")
view = PGView(schema="public", signature="active_users", definition="SELECT id FROM users WHERE active;")
function = PGFunction(
    schema="public",
    signature="to_upper(some_text text default 'x')",
    definition="""
        RETURNS text LANGUAGE sql IMMUTABLE AS
        $$ SELECT upper(some_text) $$
    """,
)
trigger = PGTrigger(
    schema="public",
    signature="touch",
    on_entity="public.users",
    definition="BEFORE UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION public.touch()",
)
matview = PGMaterializedView(
    schema="public", signature="counts", definition="SELECT count(*) FROM users", with_data=False)
policy = PGPolicy(
    schema="public",
    signature="own_rows",
    on_entity="public.users",
    definition="AS PERMISSIVE FOR SELECT TO app USING (id = 1)",
)


def upgrade():
    op.create_entity(extension)
    op.create_entity(view)
    op.create_entity(function)
    op.create_entity(trigger)
    op.create_entity(matview)
    op.create_entity(policy)
    op.replace_entity(view)
    op.replace_entity(function)


def downgrade():
    op.drop_entity(policy)
    op.drop_entity(matview)
    op.drop_entity(trigger)
    op.drop_entity(function)
    op.drop_entity(view)
    op.drop_entity(extension)
