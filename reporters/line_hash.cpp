#include "reporters/line_hash.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>

#include "analyzer/text/utf8.h"

namespace forelock::reporters {
namespace {

constexpr std::size_t kBlock = 100;
constexpr std::uint64_t kBase = 37;
constexpr char16_t kEndMark = 0xFFFF;

constexpr std::uint64_t power_of_block() {
  std::uint64_t power = 1;
  for (std::size_t i = 0; i < kBlock; ++i) power *= kBase;
  return power;
}

/// The UTF-16 units that count, each with whether it starts a line.
struct Units {
  std::vector<char16_t> units;
  std::vector<std::size_t> line_starts;
};

class UnitReader {
 public:
  Units read(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
      const text::Utf8Character character = text::utf8_character(text, at);
      add_character(text.substr(at, character.size_bytes), character.valid);
      at += character.size_bytes;
    }
    add_unit(kEndMark);
    return std::move(result_);
  }

 private:
  void add_character(std::string_view bytes, bool valid) {
    if (!valid) return add_unit(0xFFFD);
    const auto low = [&](std::size_t i) {
      return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) & 0x3FU;
    };
    const auto first = static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[0]));
    if (bytes.size() == 1) return add_unit(static_cast<char16_t>(first));
    if (bytes.size() == 2) return add_unit(static_cast<char16_t>((first & 0x1FU) << 6U | low(1)));
    if (bytes.size() == 3) {
      return add_unit(static_cast<char16_t>((first & 0x0FU) << 12U | low(1) << 6U | low(2)));
    }
    const std::uint32_t above =
        ((first & 0x07U) << 18U | low(1) << 12U | low(2) << 6U | low(3)) - 0x10000U;
    add_unit(static_cast<char16_t>(0xD800U + (above >> 10U)));
    add_unit(static_cast<char16_t>(0xDC00U + (above & 0x3FFU)));
  }

  void add_unit(char16_t unit) {
    const bool after_cr = std::exchange(after_cr_, false);
    if (unit == u' ' || unit == u'\t' || (after_cr && unit == u'\n')) return;
    if (unit == u'\r') {
      unit = u'\n';
      after_cr_ = true;
    }
    if (std::exchange(line_start_, unit == u'\n')) {
      result_.line_starts.push_back(result_.units.size());
    }
    result_.units.push_back(unit);
  }

  Units result_;
  bool line_start_ = true;
  bool after_cr_ = false;
};

}  // namespace

std::vector<std::string> line_hashes(std::string_view text) {
  const Units read = UnitReader().read(text);
  const auto unit = [&](std::size_t i) -> std::uint64_t {
    return i < read.units.size() ? read.units[i] : 0;
  };
  constexpr std::uint64_t kOut = power_of_block();
  std::vector<std::string> result;
  std::unordered_map<std::uint64_t, std::size_t> seen;
  std::uint64_t hash = 0;
  std::size_t end = 0;
  for (const std::size_t start : read.line_starts) {
    while (end < start + kBlock) {
      const std::uint64_t leaving = end >= kBlock ? unit(end - kBlock) : 0;
      hash = hash * kBase + unit(end) - kOut * leaving;
      ++end;
    }
    result.push_back(fmt::format("{:x}:{}", hash, ++seen[hash]));
  }
  return result;
}

}  // namespace forelock::reporters
