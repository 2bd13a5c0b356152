// The families of ops: how the headers and the pages group them.
#pragma once

#include "generate.hpp"

namespace generate {

struct Family {
  std::string title, about;  // about: what its ops have in common
  std::vector<json> ops;
};

// Those that have ops, each op in one. An op that no family names stands in the last one.
std::vector<Family> families(const std::vector<json>& ops);
// The line that begins a family in a header.
std::string banner(const Family& family);
// Titles, and behind each the names of its ops, in columns; each line begins with `margin`.
std::string contents(const std::vector<Family>& families, const std::string& margin);

}  // namespace generate
