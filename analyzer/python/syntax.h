#pragma once

// The syntax tree as the evaluator walks it: tree-sitter's tree copied into one flat array, with
// small enumerators for node kinds, so that evaluating compares no strings and the tree needs no
// lock. Private to analyzer/python.

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "analyzer/python/evaluator.h"
#include "analyzer/text/source_file.h"

namespace forelock::python {

/// Node kinds of tree-sitter-python 0.23 that the evaluator tells apart.
enum class Kind : std::uint8_t {
  kOther,
  kOperator,
  kError,
  kAliasedImport,
  kArgumentList,
  kAsPattern,
  kAsPatternTarget,
  kAssertStatement,
  kAssignment,
  kAttribute,
  kAugmentedAssignment,
  kAwait,
  kBinaryOperator,
  kBlock,
  kBooleanOperator,
  kBreakStatement,
  kCall,
  kCaseClause,
  kCasePattern,
  kChevron,
  kClassDefinition,
  kClassPattern,
  kComment,
  kComparisonOperator,
  kComplexPattern,
  kConcatenatedString,
  kConditionalExpression,
  kContinueStatement,
  kDecoratedDefinition,
  kDecorator,
  kDefaultParameter,
  kDeleteStatement,
  kDictionary,
  kDictionaryComprehension,
  kDictionarySplat,
  kDictionarySplatPattern,
  kDictPattern,
  kDottedName,
  kElifClause,
  kEllipsis,
  kElseClause,
  kExceptClause,
  kExceptGroupClause,
  kExecStatement,
  kExpressionList,
  kExpressionStatement,
  kFalse,
  kFinallyClause,
  kFloat,
  kForInClause,
  kFormatExpression,
  kFormatSpecifier,
  kForStatement,
  kFunctionDefinition,
  kFutureImportStatement,
  kGeneratorExpression,
  kGlobalStatement,
  kIdentifier,
  kIfClause,
  kIfStatement,
  kImportFromStatement,
  kImportPrefix,
  kImportStatement,
  kInteger,
  kInterpolation,
  kKeywordArgument,
  kKeywordPattern,
  kKeywordSeparator,
  kLambda,
  kLambdaParameters,
  kList,
  kListComprehension,
  kListPattern,
  kListSplat,
  kListSplatPattern,
  kMatchStatement,
  kModule,
  kNamedExpression,
  kNone,
  kNonlocalStatement,
  kNotOperator,
  kPair,
  kParameters,
  kParenthesizedExpression,
  kPassStatement,
  kPatternList,
  kPositionalSeparator,
  kPrintStatement,
  kRaiseStatement,
  kRelativeImport,
  kReturnStatement,
  kSet,
  kSetComprehension,
  kSlice,
  kSplatPattern,
  kString,
  kStringContent,
  kStringEnd,
  kStringStart,
  kSubscript,
  kTrue,
  kTryStatement,
  kTuple,
  kTuplePattern,
  kType,
  kTypeAliasStatement,
  kTypeConversion,
  kTypedDefaultParameter,
  kTypedParameter,
  kUnaryOperator,
  kUnionPattern,
  kWhileStatement,
  kWildcardImport,
  kWithClause,
  kWithItem,
  kWithStatement,
  kYield,
};

/// Role of a node in its parent.
enum class Field : std::uint8_t {
  kNone,
  kAlias,
  kAlternative,
  kArgument,
  kArguments,
  kAttribute,
  kBody,
  kCause,
  kCode,
  kCondition,
  kConsequence,
  kDefinition,
  kExpression,
  kFormatSpecifier,
  kFunction,
  kGuard,
  kKey,
  kLeft,
  kModuleName,
  kName,
  kObject,
  kOperator,
  kOperators,
  kParameters,
  kReturnType,
  kRight,
  kSubject,
  kSubscript,
  kSuperclasses,
  kType,
  kTypeConversion,
  kTypeParameters,
  kValue,
};

/// Operators and other tokens that change a node's meaning.
enum class Op : std::uint8_t {
  kNone,
  kAdd,
  kSub,
  kMul,
  kDiv,
  kFloorDiv,
  kMod,
  kPow,
  kMatMul,
  kBitAnd,
  kBitOr,
  kBitXor,
  kInvert,
  kShiftLeft,
  kShiftRight,
  kAnd,
  kOr,
  kNot,
  kEq,
  kNe,
  kLt,
  kLe,
  kGt,
  kGe,
  kIn,
  kNotIn,
  kIs,
  kIsNot,
  kColon,
  kAssign,
  kFrom,
};

/// The operator as Python writes it.
std::string_view spelling(Op op);

struct Node {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t first = 0;  ///< Index of the first child; 0 when there is none.
  std::uint32_t next = 0;   ///< Index of the next sibling; 0 when there is none.
  Kind kind = Kind::kOther;
  Field field = Field::kNone;
  Op op = Op::kNone;  ///< Of an operator node, and of the node whose only operator it is.

  [[nodiscard]] text::Span span() const { return {begin, end}; }
};

class ParsedFile {
 public:
  explicit ParsedFile(text::FileRef file);

  [[nodiscard]] const text::FileRef& file() const { return file_; }
  [[nodiscard]] std::string_view text() const { return file_->text(); }
  [[nodiscard]] std::string_view text(const Node& node) const {
    return file_->text().substr(node.begin, node.end - node.begin);
  }
  [[nodiscard]] const Node& root() const { return nodes_.front(); }
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  [[nodiscard]] const Node* at(std::uint32_t index) const {
    return index == 0 ? nullptr : &nodes_[index];
  }
  [[nodiscard]] const Node* first(const Node& node) const { return at(node.first); }
  [[nodiscard]] const Node* next(const Node& node) const { return at(node.next); }
  [[nodiscard]] std::uint32_t index(const Node& node) const {
    return static_cast<std::uint32_t>(&node - nodes_.data());
  }
  /// The nodes of a subtree stand one after the other; this is the first one behind it.
  [[nodiscard]] std::uint32_t subtree_end(const Node& node) const;
  /// The first child in that role; null when there is none.
  [[nodiscard]] const Node* child(const Node& node, Field field) const {
    for (const Node* c = first(node); c != nullptr; c = next(*c)) {
      if (c->field == field) return c;
    }
    return nullptr;
  }
  [[nodiscard]] const Node* child(const Node& node, Kind kind) const {
    for (const Node* c = first(node); c != nullptr; c = next(*c)) {
      if (c->kind == kind) return c;
    }
    return nullptr;
  }
  /// All children, in order.
  [[nodiscard]] std::vector<const Node*> children(const Node& node) const;

  [[nodiscard]] const std::vector<CommentToken>& comments() const { return comments_; }
  [[nodiscard]] const std::vector<SyntaxProblem>& problems() const { return problems_; }

 private:
  friend class TreeCopy;
  text::FileRef file_;
  std::vector<Node> nodes_;
  std::vector<CommentToken> comments_;
  std::vector<SyntaxProblem> problems_;
};

}  // namespace forelock::python
