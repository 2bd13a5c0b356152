// The registry's descriptions of ops, which are JSON, as operands and attributes of calls.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "gradtape/gradtape.h"

namespace test {

using json = nlohmann::json;

// An operand of a sample: "f[2,3]" is a matrix of floats, "i4[5]" a vector of integers below 4; docs/adding-an-op.md
// has the kinds.
struct SampleInput {
  char kind;
  int64_t limit = 0;
  std::vector<int64_t> shape;
  bool is_float() const { return kind != 'i' && kind != 'b'; }
};
inline std::vector<SampleInput> sample_inputs(const std::string& text) {
  std::vector<SampleInput> inputs;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    SampleInput in{word[0], 0, {}};
    const std::size_t open = word.find('[');
    if (open > 1) in.limit = std::stoll(word.substr(1, open - 1));
    std::istringstream dims(word.substr(open + 1));
    for (std::string d; std::getline(dims, d, ',');)
      if (d != "]") in.shape.push_back(std::stoll(d));
    inputs.push_back(std::move(in));
  }
  return inputs;
}

// Attributes of an op from JSON.
class AttrList {
 public:
  explicit AttrList(const json& attrs) {
    for (const auto& [name, value] : attrs.items())
      if (!value.is_null()) add(name, value);
  }
  const gt_attr* data() const { return attrs_.data(); }
  std::size_t size() const { return attrs_.size(); }

 private:
  void push(const std::string& name, int32_t kind, bool list, const void* data, std::size_t n, std::size_t bytes) {
    names_.push_back(std::make_unique<std::string>(name));
    store_.push_back(std::make_unique<char[]>(bytes));  // of this size alone: a sanitizer sees where it ends
    std::copy_n(static_cast<const char*>(data), bytes, store_.back().get());
    attrs_.push_back({names_.back()->c_str(), kind, list, n, store_.back().get()});
  }
  static void flatten(const json& value, std::vector<json>& out) {
    for (const json& v : value)
      if (v.is_array())
        flatten(v, out);
      else
        out.push_back(v);
  }
  void add(const std::string& name, const json& value) {
    if (value.is_array()) {
      std::vector<json> flat;
      flatten(value, flat);
      const bool floats = !flat.empty() && flat[0].is_number_float();
      std::vector<int64_t> ints;
      std::vector<double> numbers;
      for (const json& v : flat) floats ? numbers.push_back(v) : ints.push_back(v);
      if (floats)
        push(name, GT_ATTR_FLOAT, true, numbers.data(), numbers.size(), numbers.size() * 8);
      else
        push(name, GT_ATTR_INT, true, ints.data(), ints.size(), ints.size() * 8);
    } else if (value.is_boolean()) {
      const uint8_t flag = value.get<bool>();
      push(name, GT_ATTR_BOOL, false, &flag, 1, 1);
    } else if (value.is_string()) {
      const std::string text = value;
      push(name, GT_ATTR_STRING, false, text.data(), text.size(), text.size());
    } else if (value.is_number_integer()) {
      const int64_t i = value;
      push(name, GT_ATTR_INT, false, &i, 1, 8);
    } else {
      const double d = value;
      push(name, GT_ATTR_FLOAT, false, &d, 1, 8);
    }
  }
  std::vector<std::unique_ptr<std::string>> names_;
  std::vector<std::unique_ptr<char[]>> store_;
  std::vector<gt_attr> attrs_;
};

}  // namespace test
