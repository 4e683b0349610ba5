#include "analyzer/cxx/visitor.h"

#include <clang/AST/DeclCXX.h>
#include <clang/AST/ExprCXX.h>
#include <clang/AST/RecursiveASTVisitor.h>
#include <clang/Basic/SourceManager.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "analyzer/cxx/evaluate.h"
#include "analyzer/cxx/sql_text.h"

// The names of the visitors' functions are Clang's.
// NOLINTBEGIN(readability-identifier-naming)

namespace forelock::cxx {
namespace {

bool is_text_type(clang::QualType type) {
  if (type.isNull()) return false;
  const clang::QualType bare = type.getNonReferenceType();
  if (const auto* pointer = bare->getAs<clang::PointerType>()) {
    return pointer->getPointeeType()->isCharType();
  }
  if (const auto* array = bare->getAsArrayTypeUnsafe()) {
    return array->getElementType()->isCharType();
  }
  const clang::CXXRecordDecl* record = bare->getAsCXXRecordDecl();
  if (record == nullptr) return false;
  const std::string name = qualified_name(*record);
  return name == "std::basic_string" || name == "std::basic_string_view" || name == "pqxx::zview";
}

/// Variables that are assigned to, or handed to something that may change them.
class ChangeVisitor : public clang::RecursiveASTVisitor<ChangeVisitor> {
 public:
  bool VisitBinaryOperator(clang::BinaryOperator* operation) {
    if (operation->isAssignmentOp()) changed(operation->getLHS());
    return true;
  }
  bool VisitUnaryOperator(clang::UnaryOperator* operation) {
    if (operation->isIncrementDecrementOp() || operation->getOpcode() == clang::UO_AddrOf) {
      changed(operation->getSubExpr());
    }
    return true;
  }
  bool VisitCXXMemberCallExpr(clang::CXXMemberCallExpr* call) {
    const clang::CXXMethodDecl* method = call->getMethodDecl();
    if (method != nullptr && !method->isConst()) {
      const bool harmless = method->getDeclName().isIdentifier() &&
                            (method->getName() == "data" || method->getName() == "begin" ||
                             method->getName() == "end");
      if (!harmless) changed(call->getImplicitObjectArgument());
    }
    return true;
  }
  bool VisitCallExpr(clang::CallExpr* call) {
    const clang::FunctionDecl* callee = call->getDirectCallee();
    if (callee == nullptr) return true;
    const unsigned shift =
        llvm::isa<clang::CXXOperatorCallExpr>(call) && llvm::isa<clang::CXXMethodDecl>(callee) ? 1
                                                                                               : 0;
    if (shift == 1 && !llvm::cast<clang::CXXMethodDecl>(callee)->isConst()) {
      changed(call->getArg(0));
    }
    for (unsigned i = shift; i < call->getNumArgs() && i - shift < callee->getNumParams(); ++i) {
      const clang::QualType type = callee->getParamDecl(i - shift)->getType();
      if (type->isLValueReferenceType() && !type->getPointeeType().isConstQualified() &&
          qualified_name(*callee) != "std::move" && qualified_name(*callee) != "std::forward") {
        changed(call->getArg(i));
      }
    }
    return true;
  }

  ChangedVariables take() { return std::move(variables_); }

 private:
  void changed(const clang::Expr* expression) {
    if (expression == nullptr) return;
    const auto* name =
        llvm::dyn_cast<clang::DeclRefExpr>(expression->IgnoreUnlessSpelledInSource());
    if (name == nullptr) return;
    const auto* variable = llvm::dyn_cast<clang::VarDecl>(name->getDecl());
    if (variable != nullptr && !variable->getType().isConstQualified()) {
      variables_.insert(variable);
    }
  }

  ChangedVariables variables_;
};

class CallVisitor : public clang::RecursiveASTVisitor<CallVisitor> {
 public:
  CallVisitor(clang::ASTContext& context, const SqlFunctions& functions,
              const ChangedVariables& changed)
      : evaluator_(context, changed), functions_(functions) {}

  bool VisitCallExpr(clang::CallExpr* call) {
    if (llvm::isa<clang::CXXOperatorCallExpr>(call) || llvm::isa<clang::UserDefinedLiteral>(call)) {
      return true;
    }
    if (const clang::FunctionDecl* callee = call->getDirectCallee()) {
      resolved(*call, *callee);
    } else {
      unresolved(*call);
    }
    return true;
  }

  TreeResult take() { return std::move(result_); }

 private:
  void resolved(const clang::CallExpr& call, const clang::FunctionDecl& callee) {
    const auto name_byte = evaluator_.byte_of(name_location(call));
    if (name_byte) result_.known.insert(*name_byte);
    if (matches(callee)) add(call, callee.getNameAsString(), name_byte, true);
  }

  /// A call in a template, or of something that is not declared.
  void unresolved(const clang::CallExpr& call) {
    const std::string name = written_name(call);
    if (name.empty() || !functions_.match_simple(name)) return;
    const auto name_byte = evaluator_.byte_of(name_location(call));
    if (add(call, name, name_byte, SqlFunctions::is_libpq(name)) && name_byte) {
      result_.known.insert(*name_byte);
    }
  }

  bool matches(const clang::FunctionDecl& callee) const {
    if (functions_.match(qualified_name(callee))) return true;
    const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(&callee);
    if (method == nullptr) return false;
    return std::ranges::any_of(method->overridden_methods(), [this](const auto* overridden) {
      return functions_.match(qualified_name(*overridden));
    });
  }

  static std::string written_name(const clang::CallExpr& call) {
    const clang::Expr* callee = call.getCallee()->IgnoreParenImpCasts();
    clang::DeclarationName name;
    if (const auto* overloaded = llvm::dyn_cast<clang::OverloadExpr>(callee)) {
      name = overloaded->getName();
    } else if (const auto* member = llvm::dyn_cast<clang::CXXDependentScopeMemberExpr>(callee)) {
      name = member->getMember();
    } else if (const auto* scoped = llvm::dyn_cast<clang::DependentScopeDeclRefExpr>(callee)) {
      name = scoped->getDeclName();
    }
    return name.isIdentifier() && !name.isEmpty() ? name.getAsString() : std::string();
  }

  static clang::SourceLocation name_location(const clang::CallExpr& call) {
    const clang::Expr* callee = call.getCallee()->IgnoreParenImpCasts();
    if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(callee)) {
      return member->getMemberLoc();
    }
    if (const auto* member = llvm::dyn_cast<clang::CXXDependentScopeMemberExpr>(callee)) {
      return member->getMemberLoc();
    }
    if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(callee)) {
      return name->getLocation();
    }
    if (const auto* overloaded = llvm::dyn_cast<clang::OverloadExpr>(callee)) {
      return overloaded->getNameLoc();
    }
    return callee->getExprLoc();
  }

  /// Which argument is the SQL: the one that is known to be, else the first that reads like SQL,
  /// else (when the function is `certain`) the first text that is not known.
  std::optional<SqlText> sql_of(const clang::CallExpr& call, std::string_view name,
                                bool certain) const {
    if (const auto index = SqlFunctions::sql_argument(name)) {
      if (*index >= call.getNumArgs()) return std::nullopt;
      return evaluator_.evaluate(*call.getArg(static_cast<unsigned>(*index)));
    }
    std::optional<SqlText> first;
    for (const clang::Expr* argument : call.arguments()) {
      SqlText text = evaluator_.evaluate(*argument);
      if (starts_like_sql(text.known.text)) return text;
      if (!first && is_text_type(argument->getType())) first = std::move(text);
    }
    return certain ? first : std::nullopt;
  }

  bool add(const clang::CallExpr& call, const std::string& name,
           std::optional<std::uint32_t> name_byte, bool certain) {
    const auto span = evaluator_.span_of(call.getSourceRange());
    if (!span) return false;
    auto sql = sql_of(call, name, certain);
    if (!sql) return false;
    result_.calls.push_back({.call = *span,
                             .name_byte = name_byte.value_or(span->begin_byte),
                             .function = name,
                             .sql = *std::move(sql)});
    return true;
  }

  TextEvaluator evaluator_;
  const SqlFunctions& functions_;
  TreeResult result_;
};

}  // namespace

TreeResult read_tree(clang::ASTContext& context, const SqlFunctions& functions) {
  const clang::SourceManager& sources = context.getSourceManager();
  std::vector<clang::Decl*> own;
  for (clang::Decl* declaration : context.getTranslationUnitDecl()->decls()) {
    if (sources.isInMainFile(sources.getExpansionLoc(declaration->getLocation()))) {
      own.push_back(declaration);
    }
  }
  ChangeVisitor changes;
  for (clang::Decl* declaration : own) changes.TraverseDecl(declaration);
  const ChangedVariables changed = changes.take();
  CallVisitor calls(context, functions, changed);
  for (clang::Decl* declaration : own) calls.TraverseDecl(declaration);
  return calls.take();
}

}  // namespace forelock::cxx

// NOLINTEND(readability-identifier-naming)
