#include "analyzer/sql/lower.h"

#include <array>

#include "analyzer/sql/lower_data.h"
#include "analyzer/sql/lower_name.h"
#include "analyzer/sql/lower_object.h"
#include "analyzer/sql/lower_session.h"
#include "analyzer/sql/lower_table.h"

namespace forelock::sql {
namespace {

struct Handler {
  std::string_view kind;
  model::Operation (*lower)(Context&, Node);
};

// The frequent ones come first.
constexpr auto kHandlers = std::to_array<Handler>({
    {"AlterTableStmt", lower_alter_table},
    {"CreateStmt", lower_create_table},
    {"IndexStmt", lower_create_index},
    {"DropStmt", lower_drop},
    {"InsertStmt", lower_insert},
    {"UpdateStmt", lower_update},
    {"DeleteStmt", lower_delete},
    {"SelectStmt", lower_select},
    {"TransactionStmt", lower_transaction},
    {"VariableSetStmt", lower_set},
    {"CommentStmt", lower_comment},
    {"RenameStmt", lower_rename},
    {"AlterObjectSchemaStmt", lower_set_schema},
    {"AlterOwnerStmt", lower_set_owner},
    {"CreateEnumStmt", lower_create_enum},
    {"AlterEnumStmt", lower_alter_enum},
    {"CreateSeqStmt", lower_create_sequence},
    {"AlterSeqStmt", lower_alter_sequence},
    {"CreateSchemaStmt", lower_create_schema},
    {"CompositeTypeStmt", lower_create_composite},
    {"CreateRangeStmt", lower_create_range},
    {"DefineStmt", lower_define},
    {"CreateDomainStmt", lower_create_domain},
    {"AlterDomainStmt", lower_alter_domain},
    {"ViewStmt", lower_create_view},
    {"CreateTableAsStmt", lower_create_table_as},
    {"CreateForeignTableStmt", lower_create_foreign_table},
    {"CreateFunctionStmt", lower_create_function},
    {"AlterFunctionStmt", lower_alter_function},
    {"CreateTrigStmt", lower_create_trigger},
    {"CreatePolicyStmt", lower_create_policy},
    {"AlterPolicyStmt", lower_alter_policy},
    {"RuleStmt", lower_create_rule},
    {"CreateStatsStmt", lower_create_statistics},
    {"CreateExtensionStmt", lower_create_extension},
    {"AlterExtensionStmt", lower_alter_extension},
    {"AlterExtensionContentsStmt", lower_alter_extension},
    {"CreatePublicationStmt", lower_create_publication},
    {"AlterPublicationStmt", lower_alter_publication},
    {"MergeStmt", lower_merge},
    {"TruncateStmt", lower_truncate},
    {"CopyStmt", lower_copy},
    {"ConstraintsSetStmt", lower_set_constraints},
    {"LockStmt", lower_lock},
    {"RefreshMatViewStmt", lower_refresh},
    {"ReindexStmt", lower_reindex},
    {"ClusterStmt", lower_cluster},
    {"VacuumStmt", lower_vacuum},
    {"DoStmt", lower_do},
    {"CallStmt", lower_call},
    {"GrantStmt", lower_grant},
    {"CreatedbStmt", lower_database},
    {"DropdbStmt", lower_database},
    {"AlterDatabaseStmt", lower_database},
    {"AlterDatabaseSetStmt", lower_database},
    {"AlterDatabaseRefreshCollStmt", lower_database},
});

struct Tag {
  std::string_view kind;
  std::string_view tag;
};

// Source: PostgreSQL 18, CreateCommandTag() in src/backend/tcop/utility.c.
constexpr auto kTags = std::to_array<Tag>({
    {"VariableShowStmt", "SHOW"},
    {"DiscardStmt", "DISCARD"},
    {"ExplainStmt", "EXPLAIN"},
    {"PrepareStmt", "PREPARE"},
    {"ExecuteStmt", "EXECUTE"},
    {"DeallocateStmt", "DEALLOCATE"},
    {"DeclareCursorStmt", "DECLARE CURSOR"},
    {"ClosePortalStmt", "CLOSE CURSOR"},
    {"FetchStmt", "FETCH"},
    {"NotifyStmt", "NOTIFY"},
    {"ListenStmt", "LISTEN"},
    {"UnlistenStmt", "UNLISTEN"},
    {"LoadStmt", "LOAD"},
    {"CheckPointStmt", "CHECKPOINT"},
    {"GrantRoleStmt", "GRANT ROLE"},
    {"AlterDefaultPrivilegesStmt", "ALTER DEFAULT PRIVILEGES"},
    {"CreateRoleStmt", "CREATE ROLE"},
    {"AlterRoleStmt", "ALTER ROLE"},
    {"AlterRoleSetStmt", "ALTER ROLE"},
    {"DropRoleStmt", "DROP ROLE"},
    {"DropOwnedStmt", "DROP OWNED"},
    {"ReassignOwnedStmt", "REASSIGN OWNED"},
    {"AlterSystemStmt", "ALTER SYSTEM"},
    {"AlterTypeStmt", "ALTER TYPE"},
    {"AlterStatsStmt", "ALTER STATISTICS"},
    {"AlterOperatorStmt", "ALTER OPERATOR"},
    {"AlterOpFamilyStmt", "ALTER OPERATOR FAMILY"},
    {"CreateOpClassStmt", "CREATE OPERATOR CLASS"},
    {"CreateOpFamilyStmt", "CREATE OPERATOR FAMILY"},
    {"CreateCastStmt", "CREATE CAST"},
    {"CreateConversionStmt", "CREATE CONVERSION"},
    {"CreateTransformStmt", "CREATE TRANSFORM"},
    {"CreateAmStmt", "CREATE ACCESS METHOD"},
    {"CreatePLangStmt", "CREATE LANGUAGE"},
    {"CreateEventTrigStmt", "CREATE EVENT TRIGGER"},
    {"AlterEventTrigStmt", "ALTER EVENT TRIGGER"},
    {"CreateFdwStmt", "CREATE FOREIGN DATA WRAPPER"},
    {"AlterFdwStmt", "ALTER FOREIGN DATA WRAPPER"},
    {"CreateForeignServerStmt", "CREATE SERVER"},
    {"AlterForeignServerStmt", "ALTER SERVER"},
    {"CreateUserMappingStmt", "CREATE USER MAPPING"},
    {"AlterUserMappingStmt", "ALTER USER MAPPING"},
    {"DropUserMappingStmt", "DROP USER MAPPING"},
    {"ImportForeignSchemaStmt", "IMPORT FOREIGN SCHEMA"},
    {"CreateSubscriptionStmt", "CREATE SUBSCRIPTION"},
    {"AlterSubscriptionStmt", "ALTER SUBSCRIPTION"},
    {"DropSubscriptionStmt", "DROP SUBSCRIPTION"},
    {"CreateTableSpaceStmt", "CREATE TABLESPACE"},
    {"DropTableSpaceStmt", "DROP TABLESPACE"},
    {"AlterTableSpaceOptionsStmt", "ALTER TABLESPACE"},
    {"AlterTableMoveAllStmt", "ALTER TABLE ALL IN TABLESPACE"},
    {"AlterCollationStmt", "ALTER COLLATION"},
    {"AlterTSDictionaryStmt", "ALTER TEXT SEARCH DICTIONARY"},
    {"AlterTSConfigurationStmt", "ALTER TEXT SEARCH CONFIGURATION"},
    {"AlterObjectDependsStmt", "ALTER OBJECT DEPENDS"},
    {"SecLabelStmt", "SECURITY LABEL"},
});

}  // namespace

model::Operation lower_statement(Context& context, Node statement) {
  for (const Handler& handler : kHandlers) {
    if (handler.kind == statement.kind()) return handler.lower(context, statement);
  }
  if (statement.is("GrantRoleStmt") && !statement.flag("is_grant")) {
    return model::Other{"REVOKE ROLE"};
  }
  for (const Tag& tag : kTags) {
    if (tag.kind == statement.kind()) return model::Other{std::string(tag.tag)};
  }
  return model::Other{std::string(statement.kind())};
}

}  // namespace forelock::sql
