// The products of the registry of ops: typed functions, documentation, a description for other languages.
#pragma once

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace generate {

using nlohmann::json;

std::string c_header(const std::vector<json>& ops);
std::string c_bodies(const std::vector<json>& ops);
std::string cpp_header(const std::vector<json>& ops);
// typed_calls.cpp: a test that calls every typed function on the op's samples.
std::string typed_calls(const std::vector<json>& ops);

// example.cpp: the op's first sample on plain numbers, computed by the library.
struct Example {
  std::string call, result, gradients;  // gradients: of the sum of the outputs; empty where there are none
};
Example example_of(const json& op);
// How many outputs an op of many_outputs has on every one of its samples; 0: that depends.
std::size_t fixed_outputs(const json& op);

// docs.cpp. golden_cases: how many golden values there are for each op.
using Counts = std::map<std::string, int>;
std::string ops_page(const std::vector<json>& ops, const Counts& golden_cases);
std::string report(const std::vector<json>& ops, const Counts& golden_cases);
std::string description(const std::vector<json>& ops, const Counts& golden_cases);

}  // namespace generate
