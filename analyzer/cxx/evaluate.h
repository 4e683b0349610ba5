#pragma once

// What a C++ expression is worth as text, as far as that is constant. Nothing is executed: only the
// shape of the expression is read.

#include <clang/AST/ASTContext.h>
#include <clang/AST/Expr.h>

#include <unordered_set>

#include "analyzer/cxx/found.h"

namespace forelock::cxx {

/// Variables that the source changes after their definition.
using ChangedVariables = std::unordered_set<const clang::VarDecl*>;

class TextEvaluator {
 public:
  TextEvaluator(clang::ASTContext& context, const ChangedVariables& changed)
      : context_(context), changed_(changed) {}

  /// The text of an argument: literals, constants, std::string and std::string_view made of such,
  /// `+`, fmt::format and std::format. Parts that are not known are left out and said so.
  [[nodiscard]] SqlText evaluate(const clang::Expr& expression) const;

  /// Byte span of an expression in the main file; nothing when it stands in another one.
  [[nodiscard]] std::optional<text::Span> span_of(clang::SourceRange range) const;
  [[nodiscard]] std::optional<std::uint32_t> byte_of(clang::SourceLocation location) const;

 private:
  [[nodiscard]] SqlText value(const clang::Expr& expression, int depth) const;
  [[nodiscard]] SqlText literal(const clang::StringLiteral& literal) const;
  [[nodiscard]] SqlText variable(const clang::Expr& use, const clang::VarDecl& variable,
                                 int depth) const;
  [[nodiscard]] SqlText call(const clang::CallExpr& call, int depth) const;
  [[nodiscard]] SqlText format(const clang::CallExpr& call, int depth) const;

  clang::ASTContext& context_;
  const ChangedVariables& changed_;
};

/// The name of a function or class with its scopes, without inline and unnamed namespaces.
std::string qualified_name(const clang::NamedDecl& declaration);

}  // namespace forelock::cxx
