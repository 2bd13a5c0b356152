// gradtape_generate SOURCES OUTPUT writes headers and pages from the registry of ops; both folders are laid out as the
// project. gradtape_generate --report SOURCES prints the report on all ops.
#include "generate.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>

#include "gradtape/gradtape.h"

namespace {
using generate::json;

json describe(const char* op) {
  std::size_t needed = 0;
  gt_op_describe(op, nullptr, 0, &needed);
  std::string text(needed, '\0');
  gt_op_describe(op, text.data(), text.size(), nullptr);
  text.pop_back();
  return json::parse(text);
}

generate::Counts golden_cases(const std::filesystem::path& sources) {
  generate::Counts counts;
  for (const auto& file : std::filesystem::directory_iterator(sources / "tests/golden")) {
    if (file.path().extension() != ".json") continue;
    std::ifstream in(file.path());
    const json family = json::parse(in);
    for (const json& c : family["cases"]) ++counts[c["op"].get<std::string>()];
  }
  return counts;
}
}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: gradtape_generate SOURCES OUTPUT | --report SOURCES\n";
    return 2;
  }
  std::vector<json> ops;
  for (std::size_t i = 0; i < gt_op_count(); ++i) ops.push_back(describe(gt_op_name(i)));
  if (std::string(argv[1]) == "--report") {
    std::cout << generate::report(ops, golden_cases(argv[2]));
    return 0;
  }
  const auto golden = golden_cases(argv[1]);
  const std::filesystem::path out = argv[2];
  std::filesystem::create_directories(out / "include/gradtape");
  std::filesystem::create_directories(out / "docs");
  std::filesystem::create_directories(out / "tests/cpp");
  std::ofstream(out / "include/gradtape/ops.h") << generate::c_header(ops);
  std::ofstream(out / "include/gradtape/ops_inline.h") << generate::c_bodies(ops);
  std::ofstream(out / "include/gradtape/ops.hpp") << generate::cpp_header(ops);
  std::ofstream(out / "tests/cpp/typed_calls.hpp") << generate::typed_calls(ops);
  std::ofstream(out / "docs/ops.md") << generate::ops_page(ops, golden);
  std::ofstream(out / "docs/ops.json") << generate::description(ops, golden);
}
