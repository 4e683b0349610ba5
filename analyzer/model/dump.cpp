#include "analyzer/model/dump.h"

#include <variant>

#include "analyzer/model/dump_writer.h"

namespace forelock::model {
namespace {

std::string maybe(const std::optional<Expression>& expression) {
  return expression ? dump(*expression) : std::string();
}

std::string_view word(Persistence persistence) {
  switch (persistence) {
    case Persistence::kPermanent:
      return "";
    case Persistence::kUnlogged:
      return "unlogged";
    case Persistence::kTemporary:
      return "temporary";
  }
  return "";
}

std::string_view word(Volatility volatility) {
  switch (volatility) {
    case Volatility::kImmutable:
      return "immutable";
    case Volatility::kStable:
      return "stable";
    case Volatility::kVolatile:
      return "";
  }
  return "";
}

std::string_view word(TransactionKind kind) {
  switch (kind) {
    case TransactionKind::kBegin:
      return "begin";
    case TransactionKind::kCommit:
      return "commit";
    case TransactionKind::kRollback:
      return "rollback";
    case TransactionKind::kSavepoint:
      return "savepoint";
    case TransactionKind::kRelease:
      return "release";
    case TransactionKind::kRollbackTo:
      return "rollback_to";
    case TransactionKind::kPrepare:
      return "prepare";
    case TransactionKind::kOther:
      return "other";
  }
  return "";
}

std::string_view word(AlterDomain::Action action) {
  switch (action) {
    case AlterDomain::Action::kSetDefault:
      return "set_default";
    case AlterDomain::Action::kDropDefault:
      return "drop_default";
    case AlterDomain::Action::kSetNotNull:
      return "set_not_null";
    case AlterDomain::Action::kDropNotNull:
      return "drop_not_null";
    case AlterDomain::Action::kAddConstraint:
      return "add_constraint";
    case AlterDomain::Action::kDropConstraint:
      return "drop_constraint";
    case AlterDomain::Action::kValidateConstraint:
      return "validate_constraint";
  }
  return "";
}

std::string show_key(const IndexKey& key) { return dump(key); }
std::string show_use(const RelationUse& use) { return dump(use); }
std::string show_constraint(const Constraint& constraint) { return dump(constraint); }
std::string show_column(const ColumnDefinition& column) { return dump(column); }
std::string show_reference(const ObjectReference& reference) { return dump(reference); }

std::string show_partition_key(const PartitionKey& key) {
  return DumpWriter("key").letter("strategy", key.strategy).list("keys", key.keys, show_key).str();
}

std::string show_parameter(const FunctionParameter& p) {
  DumpWriter out(p.name);
  out.text("type", display(p.type)).letter("mode", p.mode == 'i' ? '\0' : p.mode);
  return out.text("default", maybe(p.default_value)).str();
}

// ---- one function per operation ---------------------------------------------------------------

std::string write(const Other& o) { return DumpWriter("Other").text("tag", o.tag).str(); }

std::string write(const CreateTable& o) {
  DumpWriter out("CreateTable");
  out.name("table", o.table).text("persistence", word(o.persistence));
  out.flag("if_not_exists", o.if_not_exists).flag("foreign", o.foreign);
  out.list("columns", o.columns, show_column).list("constraints", o.constraints, show_constraint);
  out.list("likes", o.likes, [](const LikeClause& like) {
    return fmt::format("{}:{}", display(like.table), like.options);
  });
  out.names("inherits", o.inherits).name("of_type", o.of_type);
  out.name("partition_of", o.partition_of).text("bound", o.bound ? dump(*o.bound) : "");
  out.text("partition_by", o.partition_by ? show_partition_key(*o.partition_by) : "");
  out.options("options", o.options).text("tablespace", o.tablespace);
  return out.text("access_method", o.access_method).text("on_commit", o.on_commit).str();
}

std::string write(const CreateTableAs& o) {
  DumpWriter out(o.materialized_view ? "CreateMaterializedView" : "CreateTableAs");
  out.name("table", o.table).text("persistence", word(o.persistence));
  out.flag("if_not_exists", o.if_not_exists).flag("no_data", !o.with_data);
  return out.list("column_names", o.column_names).text("query", dump(o.query)).str();
}

std::string write(const AlterTable& o) {
  DumpWriter out("AlterTable");
  out.text("kind", o.kind == ObjectKind::kTable ? "" : display(o.kind)).name("table", o.table);
  out.flag("only", o.only).flag("if_exists", o.if_exists);
  return out.list("actions", o.actions, [](const AlterAction& a) { return dump(a); }).str();
}

std::string write(const CreateIndex& o) {
  DumpWriter out("CreateIndex");
  out.text("name", o.name).name("table", o.table).flag("only", o.only);
  out.text("method", o.method == "btree" ? "" : o.method).list("keys", o.keys, show_key);
  out.list("include", o.include).text("where", maybe(o.predicate)).flag("unique", o.unique);
  out.flag("concurrently", o.concurrently).flag("if_not_exists", o.if_not_exists);
  out.flag("nulls_not_distinct", o.nulls_not_distinct).options("options", o.options);
  return out.text("tablespace", o.tablespace).str();
}

std::string write(const Drop& o) {
  DumpWriter out("Drop");
  out.list("objects", o.objects, show_reference).flag("if_exists", o.if_exists);
  return out.flag("cascade", o.cascade).flag("concurrently", o.concurrently).str();
}

std::string write(const Rename& o) {
  DumpWriter out("Rename");
  out.text("object", dump(o.object)).text("to", o.new_name);
  out.text("in", o.relation_kind == ObjectKind::kTable ? "" : display(o.relation_kind));
  return out.flag("if_exists", o.if_exists).flag("cascade", o.cascade).str();
}

std::string write(const SetSchema& o) {
  DumpWriter out("SetSchema");
  out.text("object", dump(o.object)).text("to", o.new_schema);
  return out.flag("if_exists", o.if_exists).str();
}
std::string write(const SetOwner& o) {
  return DumpWriter("SetOwner").text("object", dump(o.object)).text("role", o.role).str();
}
std::string write(const Comment& o) {
  DumpWriter out("Comment");
  return out.text("on", dump(o.object)).text("text", o.text ? quote_literal(*o.text) : "").str();
}

std::string write(const CreateSchema& o) {
  DumpWriter out("CreateSchema");
  out.text("name", o.name).flag("if_not_exists", o.if_not_exists).text("owner", o.owner);
  return out.number("elements", o.element_count).str();
}
std::string write(const CreateSequence& o) {
  DumpWriter out("CreateSequence");
  out.name("name", o.name).text("persistence", word(o.persistence));
  return out.flag("if_not_exists", o.if_not_exists).text("options", dump(o.options)).str();
}
std::string write(const AlterSequence& o) {
  DumpWriter out("AlterSequence");
  return out.name("name", o.name)
      .flag("if_exists", o.if_exists)
      .text("options", dump(o.options))
      .str();
}
std::string write(const CreateEnum& o) {
  return DumpWriter("CreateEnum").name("name", o.name).list("labels", o.labels).str();
}
std::string write(const AddEnumValue& o) {
  DumpWriter out("AddEnumValue");
  out.name("type", o.type).text("label", o.label).flag("if_not_exists", o.if_not_exists);
  return out.text(o.before ? "before" : "after", o.neighbor).str();
}
std::string write(const RenameEnumValue& o) {
  DumpWriter out("RenameEnumValue");
  return out.name("type", o.type).text("from", o.old_label).text("to", o.new_label).str();
}
std::string write(const CreateCompositeType& o) {
  DumpWriter out("CreateCompositeType");
  return out.name("name", o.name).list("attributes", o.attributes, show_column).str();
}
std::string write(const CreateRangeType& o) {
  return DumpWriter("CreateRangeType").name("name", o.name).options("options", o.options).str();
}
std::string write(const CreateBaseType& o) {
  return DumpWriter("CreateBaseType").name("name", o.name).str();
}
std::string write(const CreateDomain& o) {
  DumpWriter out("CreateDomain");
  out.name("name", o.name).text("type", display(o.type)).text("collation", o.collation);
  out.flag("not_null", o.not_null).text("default", maybe(o.default_value));
  return out.list("constraints", o.constraints, show_constraint).str();
}
std::string write(const AlterDomain& o) {
  const bool adds = o.action == AlterDomain::Action::kAddConstraint;
  DumpWriter out("AlterDomain");
  out.name("name", o.name).text("action", word(o.action)).text("value", maybe(o.value));
  out.text("constraint", adds ? dump(o.constraint) : o.constraint_name);
  return out.flag("if_exists", o.if_exists).flag("cascade", o.cascade).str();
}
std::string write(const CreateView& o) {
  DumpWriter out("CreateView");
  out.name("name", o.name).flag("or_replace", o.or_replace);
  out.text("persistence", word(o.persistence)).list("column_names", o.column_names);
  out.text("query", dump(o.query)).options("options", o.options).flag("recursive", o.recursive);
  return out.letter("check_option", o.check_option).str();
}
std::string write(const CreateFunction& o) {
  DumpWriter out(o.procedure ? "CreateProcedure" : "CreateFunction");
  out.name("name", o.name).flag("or_replace", o.or_replace);
  out.list("parameters", o.parameters, show_parameter);
  out.text("returns", o.returns ? display(*o.returns) : "").flag("table", o.returns_table);
  out.text("volatility", word(o.volatility)).text("language", o.language);
  out.flag("security_definer", o.security_definer).flag("strict", o.strict);
  out.flag("leakproof", o.leakproof).text("parallel", o.parallel);
  out.text("cost", o.cost).text("rows", o.rows);
  return out.options("settings", o.settings).text("body", quote_literal(o.body)).str();
}
std::string write(const AlterFunction& o) {
  DumpWriter out("AlterFunction");
  out.text("function", dump(o.function)).list("given", o.given);
  out.text("volatility", word(o.changes.volatility)).flag("strict", o.changes.strict);
  return out.options("settings", o.changes.settings).str();
}
std::string write(const CreateTrigger& o) {
  DumpWriter out("CreateTrigger");
  out.text("name", o.name).name("table", o.table).name("function", o.function);
  out.flag("or_replace", o.or_replace).flag("constraint", o.constraint).flag("row", o.row);
  out.text("timing", o.timing).number("events", o.events).list("columns", o.columns);
  out.text("when", maybe(o.when)).flag("deferrable", o.deferrable);
  out.flag("initially_deferred", o.initially_deferred);
  return out.name("constraint_table", o.constraint_table).str();
}
std::string write(const CreatePolicy& o) {
  DumpWriter out("CreatePolicy");
  out.text("name", o.name).name("table", o.table).text("command", o.command);
  out.flag("restrictive", !o.permissive).list("roles", o.roles);
  out.text("using", maybe(o.using_expression));
  return out.text("check", maybe(o.check_expression)).str();
}
std::string write(const AlterPolicy& o) {
  DumpWriter out("AlterPolicy");
  out.text("name", o.name).name("table", o.table).list("roles", o.roles);
  out.text("using", maybe(o.using_expression));
  return out.text("check", maybe(o.check_expression)).str();
}
std::string write(const CreateRule& o) {
  DumpWriter out("CreateRule");
  return out.text("name", o.name).name("table", o.table).flag("or_replace", o.or_replace).str();
}
std::string write(const CreateStatistics& o) {
  DumpWriter out("CreateStatistics");
  out.name("name", o.name).flag("if_not_exists", o.if_not_exists).list("kinds", o.kinds);
  return out.name("table", o.table).list("keys", o.keys, show_key).str();
}
std::string write(const CreateExtension& o) {
  DumpWriter out("CreateExtension");
  out.text("name", o.name).flag("if_not_exists", o.if_not_exists).text("schema", o.schema);
  return out.text("version", o.version).flag("cascade", o.cascade).str();
}
std::string write(const AlterExtension& o) {
  return DumpWriter("AlterExtension").text("name", o.name).str();
}
std::string show_published(const PublishedTable& table) {
  std::string result = display(table.name);
  for (const std::string& column : table.columns) result += " " + column;
  return table.where ? result + " where " + dump(*table.where) : result;
}
std::string write(const CreatePublication& o) {
  DumpWriter out("CreatePublication");
  out.text("name", o.name).flag("all_tables", o.all_tables);
  return out.list("tables", o.tables, show_published).str();
}
std::string write(const AlterPublication& o) {
  DumpWriter out("AlterPublication");
  out.text("name", o.name).letter("action", o.action);
  return out.list("tables", o.tables, show_published).str();
}

std::string write(const Insert& o) {
  DumpWriter out("Insert");
  out.name("table", o.table).list("columns", o.columns);
  out.text("query", o.query ? dump(*o.query) : "").number("row_count", o.row_count);
  out.list("rows", o.rows, [](const std::vector<Expression>& row) {
    std::string text;
    for (const Expression& cell : row) text += (text.empty() ? "" : ", ") + dump(cell);
    return "(" + text + ")";
  });
  out.flag("on_conflict", o.on_conflict).flag("overriding_system", o.overriding_system);
  return out.list("reads", o.reads, show_use).str();
}
std::string write(const Update& o) {
  DumpWriter out("Update");
  out.name("table", o.table).text("alias", o.alias).flag("only", o.only);
  out.list("set", o.assignments,
           [](const auto& item) { return fmt::format("{}={}", item.first, dump(item.second)); });
  return out.text("where", maybe(o.where)).list("reads", o.reads, show_use).str();
}
std::string write(const Delete& o) {
  DumpWriter out("Delete");
  out.name("table", o.table).text("alias", o.alias).flag("only", o.only);
  return out.text("where", maybe(o.where)).list("reads", o.reads, show_use).str();
}
std::string write(const Merge& o) {
  DumpWriter out("Merge");
  out.name("table", o.table).list("reads", o.reads, show_use).flag("inserts", o.inserts);
  return out.flag("updates", o.updates).flag("deletes", o.deletes).str();
}
std::string write(const Truncate& o) {
  DumpWriter out("Truncate");
  out.names("tables", o.tables).flag("cascade", o.cascade);
  return out.flag("restart_identity", o.restart_identity).str();
}
std::string write(const Copy& o) {
  DumpWriter out("Copy");
  out.name("table", o.table).text("query", o.query ? dump(*o.query) : "").flag("from", o.from);
  return out.list("columns", o.columns).str();
}
std::string write(const Select& o) {
  return DumpWriter("Select").text("query", dump(o.query)).str();
}

std::string write(const Transaction& o) {
  DumpWriter out("Transaction");
  return out.text("kind", word(o.kind)).text("savepoint", o.savepoint).flag("chain", o.chain).str();
}
std::string write(const Set& o) {
  DumpWriter out(o.reset ? "Reset" : "Set");
  return out.text("name", o.name).list("values", o.values).flag("local", o.local).str();
}
std::string write(const SetConstraints& o) {
  DumpWriter out("SetConstraints");
  return out.flag("all", o.all)
      .flag("deferred", o.deferred)
      .names("constraints", o.constraints)
      .str();
}
std::string write(const LockTable& o) {
  DumpWriter out("LockTable");
  out.names("tables", o.tables).text("mode", o.mode).flag("nowait", o.nowait);
  return out.flag("only", o.only).str();
}
std::string write(const RefreshMaterializedView& o) {
  DumpWriter out("RefreshMaterializedView");
  return out.name("view", o.view)
      .flag("concurrently", o.concurrently)
      .flag("no_data", !o.with_data)
      .str();
}
std::string write(const Reindex& o) {
  DumpWriter out("Reindex");
  out.text("kind", display(o.kind)).name("name", o.name).flag("concurrently", o.concurrently);
  return out.flag("system", o.system).str();
}
std::string write(const Cluster& o) {
  return DumpWriter("Cluster").name("table", o.table).text("index", o.index).str();
}
std::string write(const Vacuum& o) {
  DumpWriter out(o.vacuum ? "Vacuum" : "Analyze");
  return out.names("tables", o.tables).flag("full", o.full).flag("analyze", o.analyze).str();
}
std::string write(const DoBlock& o) {
  DumpWriter out("DoBlock");
  return out.text("language", o.language).text("body", quote_literal(o.body)).str();
}
std::string write(const CallProcedure& o) {
  return DumpWriter("CallProcedure").name("procedure", o.procedure).str();
}
std::string write(const Grant& o) {
  DumpWriter out(o.is_grant ? "Grant" : "Revoke");
  out.text("kind", display(o.kind)).list("objects", o.objects, show_reference);
  out.list("privileges", o.privileges).list("grantees", o.grantees);
  return out.flag("all_in_schema", o.all_in_schema).str();
}
std::string write(const Database& o) {
  DumpWriter out("Database");
  return out.text("name", o.name).letter("action", o.action).flag("if_exists", o.if_exists).str();
}

}  // namespace

std::string dump(const ObjectReference& r) {
  std::string text = fmt::format("{} ", display(r.kind));
  if (!r.table.empty()) text += display(r.table) + ":";
  text += display(r.name);
  if (r.has_arguments) text += "(" + r.argument_list() + ")";
  return text;
}

std::string dump(const Operation& operation) {
  return std::visit([](const auto& what) { return write(what); }, operation);
}

}  // namespace forelock::model
