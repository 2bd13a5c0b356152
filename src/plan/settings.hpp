// The variables of the environment for plans and their native code: passes and rules to skip, results to print, checks.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "plan/lower/rules.hpp"

namespace gradtape::core {

// GRADTAPE_SKIP=fuse,signs skips passes and rules; GRADTAPE_SKIP=all skips each that can be: for tests, and to look for
// a defect. GRADTAPE_DUMP=lower,memory prints to the standard error the results of passes; "program" stands for the
// program that a plan is made of, "jit" for native code. GRADTAPE_VERIFY=1 checks the promises of each pass behind it
// (verify.hpp), as debug builds always do. GRADTAPE_JIT=0 turns native code off; "always" compiles each loop when its
// plan is made, for tests; "perf" writes names for the profiler perf. The environment is read once.
class Settings {
 public:
  // Throws where a variable has an unknown value.
  static const Settings& instance();

  bool skips(std::string_view name) const { return skips_all_ || contains(skipped_, name); }
  bool dumps(std::string_view pass) const { return contains(dumped_, pass); }
  bool dumps_any() const { return !dumped_.empty(); }
  bool verifies() const { return verifies_; }
  bool has_native_code() const { return native_code_; }
  bool always_compiles() const { return native_code_ && always_compiles_; }
  bool names_for_perf() const { return names_for_perf_; }
  // The rules that are not skipped, in order.
  std::span<const Rule* const> active_rules() const { return active_rules_; }

 private:
  Settings();
  static bool contains(const std::vector<std::string_view>& names, std::string_view name);

  std::vector<std::string_view> skipped_, dumped_;
  std::vector<const Rule*> active_rules_;
  bool skips_all_, verifies_, native_code_, always_compiles_, names_for_perf_;
};

}  // namespace gradtape::core
