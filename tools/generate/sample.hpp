// The samples that ops carry, as plain numbers: tensors and attributes of the C interface.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "gradtape/gradtape.h"

namespace generate {

using nlohmann::json;

// One input of a sample, "f[2,3]": see docs/adding-an-op.md for the kinds.
struct Input {
  char kind;
  int64_t limit = 0;
  std::vector<int64_t> shape;
  std::vector<double> values;

  explicit Input(const std::string& word) : kind(word[0]) {
    const std::size_t open = word.find('[');
    if (open > 1) limit = std::stoll(word.substr(1, open - 1));
    std::istringstream dims(word.substr(open + 1));
    for (std::string d; std::getline(dims, d, ',');)
      if (d != "]") shape.push_back(std::stoll(d));
    int64_t n = 1;
    for (int64_t d : shape) n *= d;
    for (int64_t i = 0; i < n; ++i) values.push_back(value(i));
  }
  bool is_float() const { return kind != 'i' && kind != 'b'; }

 private:
  // Plain numbers of the kind, of both signs where that may be, none twice in a row of eight.
  double value(int64_t i) const {
    constexpr double any[] = {0.5, -1, 1.5, 2, -0.25, 1, -1.5, -2},
                     small[] = {0.5, -0.25, 0.75, -0.5, 0.25, -0.75, 0.125, -0.125};
    const int64_t order = shape.empty() ? 1 : shape.back();
    switch (kind) {
      case 'p': return 0.5 * static_cast<double>(i % 8 + 1);
      case 'u': return small[i % 8];
      case 'g': return 1 + 0.5 * static_cast<double>(i % 8 + 1);
      case 's': return small[i % 8] + (i / order % order == i % order ? 3 : 0);
      case 'i': return static_cast<double>((3 * i + 1) % limit);
      case 'b': return i % 3 != 1;
      default: return any[i % 8];
    }
  }
};

inline std::vector<Input> inputs_of(const std::string& text) {
  std::vector<Input> inputs;
  std::istringstream words(text);
  for (std::string word; words >> word;) inputs.emplace_back(word);
  return inputs;
}

template <class T>
gt_tensor tensor_of(gt_context ctx, gt_dtype dtype, const Input& in) {
  const std::vector<T> data(in.values.begin(), in.values.end());
  return gt_tensor_create(ctx, dtype, in.shape.data(), in.shape.size(), data.data(), data.size() * sizeof(T));
}
inline gt_tensor tensor_of(gt_context ctx, const Input& in) {
  if (in.kind == 'i') return tensor_of<int32_t>(ctx, GT_INT32, in);
  if (in.kind == 'b') return tensor_of<uint8_t>(ctx, GT_BOOL, in);
  return tensor_of<double>(ctx, GT_FLOAT64, in);
}

// The attributes of a sample as the C interface takes them.
struct Attrs {
  std::vector<std::unique_ptr<std::vector<int64_t>>> ints;
  std::vector<std::unique_ptr<std::vector<double>>> floats;
  std::vector<std::unique_ptr<std::string>> names;
  std::vector<gt_attr> list;

  explicit Attrs(const json& attrs) {
    for (const auto& [name, value] : attrs.items()) add(keep(name), value);
  }

 private:
  const char* keep(const std::string& text) {
    names.push_back(std::make_unique<std::string>(text));
    return names.back()->c_str();
  }
  static void flatten(const json& value, std::vector<int64_t>& out) {
    for (const json& v : value)
      if (v.is_array())
        flatten(v, out);
      else
        out.push_back(v);
  }
  void add(const char* name, const json& value) {
    if (value.is_string()) {
      const auto text = value.get<std::string>();
      list.push_back({name, GT_ATTR_STRING, 0, text.size(), keep(text)});
    } else if (value.is_boolean()) {
      ints.push_back(std::make_unique<std::vector<int64_t>>(1, value.get<bool>()));  // its first byte, little-endian
      list.push_back({name, GT_ATTR_BOOL, 0, 1, ints.back()->data()});
    } else if (value.is_number_float()) {
      floats.push_back(std::make_unique<std::vector<double>>(1, value.get<double>()));
      list.push_back({name, GT_ATTR_FLOAT, 0, 1, floats.back()->data()});
    } else {
      ints.push_back(std::make_unique<std::vector<int64_t>>());
      flatten(value.is_array() ? value : json::array({value}), *ints.back());
      list.push_back({name, GT_ATTR_INT, value.is_array(), ints.back()->size(), ints.back()->data()});
    }
  }
};

}  // namespace generate
