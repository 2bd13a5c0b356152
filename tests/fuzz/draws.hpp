// Arguments that are drawn from the input: shapes, specs, values, attributes, texts.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/registry.hpp"
#include "world.hpp"

namespace fuzz {

// Attributes with their values, each in memory of its own size.
class Attrs {
 public:
  void add(const char* name, int32_t kind, bool list, const void* values, size_t count);
  std::vector<gt_attr> list;

 private:
  std::vector<std::unique_ptr<char[]>> memory_;
};

// A built-in op, as the registry describes it.
struct OpInfo {
  struct Attr {
    std::string name;
    std::vector<std::string> kinds, choices;
    bool required;
  };
  struct Sample {
    std::vector<test::SampleInput> inputs;
    std::shared_ptr<test::AttrList> attrs;
  };
  std::string name;
  bool variadic;
  size_t n_inputs;
  std::vector<Attr> attrs;
  std::vector<Sample> samples;
};
// The ops that are built in, by name; read once, before a user's op is registered.
const std::vector<OpInfo>& builtin_ops();

Attrs draw_attrs(World&, const OpInfo&);

size_t size_of(gt_dtype);
// Bytes that the values of a spec take; SIZE_MAX where they are more than is computed here.
size_t bytes_of(gt_spec);
gt_dtype draw_dtype(World&);
// Small, mostly; with `open` some sizes are -1. May be wrong.
gt_spec draw_spec(World&, bool open = false);
gt_spec spec_of(gt_dtype, const std::vector<int64_t>& shape);
// Numbers of these dtypes: usual ones, or those at the ends.
std::unique_ptr<char[]> draw_values(World&, gt_dtype, size_t bytes);
gt_tensor new_tensor(World&, gt_spec);
int64_t draw_integer(World&);
const char* draw_text(World&);

// A struct that begins with its size: with the size it says, on the heap.
class Sized {
 public:
  template <class T>
  Sized(World& w, const T& right) {
    size_t size = sizeof(T);
    if (w.wrong()) size = w.in.byte() % (2 * sizeof(T) + 1);
    memory_ = std::make_unique<char[]>(std::max(size, sizeof(size_t)));
    std::memcpy(memory_.get(), &right, std::min(size, sizeof(T)));
    if (size > sizeof(T) && w.in.below(2) == 1) memory_[size - 1] = 1;  // behind the known part there must be zeros
    std::memcpy(memory_.get(), &size, sizeof size);
  }
  template <class T>
  T* as() {
    return reinterpret_cast<T*>(memory_.get());
  }

 private:
  std::unique_ptr<char[]> memory_;
};

}  // namespace fuzz
