// Settings are read when the first plan is made.
#include "plan/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "plan/pipeline.hpp"

namespace gradtape::core {

namespace {
using Names = std::vector<std::string_view>;

// The names in a variable, each of which must be one of `known`.
Names names_in(const char* variable, const Names& known) {
  Names names;
  const char* value = std::getenv(variable);
  std::string_view text = value ? value : "";
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const std::string_view name = text.substr(0, end);
    if (std::ranges::find(known, name) == known.end())
      invalid("{}: '{}' is unknown; give some of {}, with commas between them", variable, name, fmt::join(known, ", "));
    names.push_back(name);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return names;
}

#ifdef NDEBUG
constexpr bool kVerifiesAlways = false;
#else
constexpr bool kVerifiesAlways = true;
#endif
}  // namespace

bool Settings::contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

Settings::Settings() {
  Names can_be_skipped{"all"}, can_be_printed{"program", "jit"};
  for (const std::span<const Pass> passes : {program_passes(), plan_passes()})
    for (const Pass& pass : passes) {
      can_be_printed.push_back(pass.name);
      if (pass.skip) can_be_skipped.push_back(pass.name);
    }
  for (const Rule& rule : rules()) can_be_skipped.push_back(rule.name);
  skipped_ = names_in("GRADTAPE_SKIP", can_be_skipped);
  dumped_ = names_in("GRADTAPE_DUMP", can_be_printed);
  skips_all_ = contains(skipped_, "all");
  verifies_ = contains(names_in("GRADTAPE_VERIFY", {"0", "1"}), "1") || kVerifiesAlways;
  const Names jit = names_in("GRADTAPE_JIT", {"0", "1", "always", "perf"});
  native_code_ = !contains(jit, "0");
  always_compiles_ = contains(jit, "always");
  names_for_perf_ = contains(jit, "perf");
  for (const Rule& rule : rules())
    if (!skips(rule.name)) active_rules_.push_back(&rule);
}

const Settings& Settings::instance() {
  static const Settings settings;
  return settings;
}

}  // namespace gradtape::core
