// The ops of each release that tests/abi has are today's: every call of them by gt_apply still means something.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace {
using nlohmann::json;

json read(const std::filesystem::path& path) {
  std::ifstream in(path);
  EXPECT_TRUE(in) << path;
  return json::parse(in);
}
const json* named(const json& list, const std::string& name) {
  const auto found = std::ranges::find_if(list, [&](const json& entry) { return entry["name"] == name; });
  return found == list.end() ? nullptr : &*found;
}
void expect_all(const json& before, const json& now, const std::string& where) {
  for (const json& entry : before)
    EXPECT_TRUE(std::ranges::find(now, entry) != now.end()) << where << " lacks " << entry;
}

void compare_inputs(const json& before, const json& now, const std::string& op) {
  ASSERT_GE(now.size(), before.size()) << op << " has fewer inputs";
  for (std::size_t i = 0; i < now.size(); ++i) {
    const std::string where = op + ", input " + std::to_string(i);
    if (i >= before.size()) {
      EXPECT_TRUE(now[i]["optional"]) << where << " is new and must be given";
      continue;
    }
    EXPECT_EQ(now[i]["name"], before[i]["name"]) << where;
    EXPECT_EQ(now[i]["dtype"], before[i]["dtype"]) << where;
    EXPECT_TRUE(now[i]["optional"] || !before[i]["optional"]) << where << " must be given now";
  }
}
void compare_attributes(const json& before, const json& now, const std::string& op) {
  for (const json& attr : now)
    EXPECT_TRUE(named(before, attr["name"]) || !attr["required"]) << op << ": " << attr << " is new and must be given";
  for (const json& attr : before) {
    const std::string where = op + ", " + attr["name"].get<std::string>();
    const json* const today = named(now, attr["name"]);
    ASSERT_TRUE(today) << where << " is gone";
    EXPECT_EQ((*today)["default"], attr["default"]) << where;
    EXPECT_TRUE(attr["required"] || !(*today)["required"]) << where << " must be given now";
    expect_all(attr["kinds"], (*today)["kinds"], where);
    expect_all(attr["choices"], (*today)["choices"], where);
  }
}

TEST(Abi, OpsOfEarlierReleases) {
  const std::filesystem::path source = GRADTAPE_SOURCE;
  const json today = read(source / "docs/ops.json")["ops"];  // fresh by another test
  int releases = 0;
  for (const auto& file : std::filesystem::directory_iterator(source / "tests/abi")) {
    if (file.path().extension() != ".json") continue;
    SCOPED_TRACE(file.path().filename());
    ++releases;
    for (const json& op : read(file.path())) {
      const std::string name = op["name"];
      const json* const now = named(today, name);
      ASSERT_TRUE(now) << name << " is gone";
      EXPECT_EQ((*now)["variadic"], op["variadic"]) << name;
      compare_inputs(op["inputs"], (*now)["inputs"], name);
      compare_attributes(op["attrs"], (*now)["attrs"], name);
      expect_all(op["dtypes"], (*now)["dtypes"], name);
    }
  }
  EXPECT_GT(releases, 0);
}
}  // namespace
