// Ops as the registry describes them, and attributes on their way to gt_apply.
#pragma once

#include <list>
#include <string>
#include <vector>

#include "core.hpp"

namespace gradtape_python {

struct Param {
  std::string name, alias;  // alias: TensorFlow's name of the same
  char dtype;               // inputs: s shared, b bool, i integer, u a user's; attributes: d a dtype, a any other
  bool optional = false;    // of an input
  bool required = false;    // of an attribute
};

struct Op {
  std::string name, doc;
  std::vector<Param> params;  // inputs first
  size_t n_inputs = 0;
  uint32_t dtypes = 0;  // those that the shared inputs may have: a bit for each number of a dtype
  bool variadic = false, many = false, has_default_dtype = false, by_user = false;
};

// DTypeError where the op's shared inputs cannot have the dtype.
void check_dtype(const Op& op, gt_dtype dtype);
// LookupError where no op has the name. The result stays.
const Op& find_op(const std::string& name);
std::string describe_op(const std::string& name);
nb::object signature(const Op& op);  // an inspect.Signature

constexpr size_t kMostParams = 24;  // of an op

class Attributes {
 public:
  void add(const char* name, nb::handle value, bool is_dtype, const char* op);
  void add_dtype(const char* name, gt_dtype dtype) {
    Single& single = next(name, GT_ATTR_DTYPE, "");
    single.dtype = dtype;
  }
  const gt_attr* data() const { return attrs_.data(); }
  size_t size() const { return n_; }

 private:
  // One value lies here, lists and texts on the heap.
  union Single {
    int64_t integer;
    double real;
    uint8_t flag;
    gt_dtype dtype;
  };
  struct Many {
    std::vector<int64_t> ints;
    std::vector<double> floats;
    std::vector<uint8_t> bools;
    std::string text;
  };
  // Begins an attribute of one value, which is to be put where the result says.
  Single& next(const char* name, int32_t kind, const char* op);
  void add_many(const char* name, nb::handle value, const char* op);

  std::array<gt_attr, kMostParams> attrs_;
  std::array<Single, kMostParams> singles_;
  size_t n_ = 0;
  std::list<Many> many_;  // its elements stay where they are
};

// A dict of attributes that a callback is given.
nb::dict to_dict(const gt_attr* attrs, size_t n);

}  // namespace gradtape_python
