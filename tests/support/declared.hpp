// The functions that a C header declares with GT_API or GT_SOLVE_API.
#pragma once

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace test {

inline std::set<std::string> declared_functions(const char* header) {
  std::ifstream file(header);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const std::regex declaration(R"(GT_(?:SOLVE_)?API\s[^(;]*?\b(gt_[a-z_0-9]+)\s*\()");
  std::set<std::string> names;
  for (std::sregex_iterator it(text.begin(), text.end(), declaration), end; it != end; ++it) names.insert((*it)[1]);
  return names;
}

}  // namespace test
