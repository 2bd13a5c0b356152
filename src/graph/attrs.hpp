// Attributes of ops: what an op declares, and the values one application of it has.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/dtype.hpp"
#include "base/shape.hpp"

namespace gradtape::core {

using Ints = SmallVector<int64_t, 4>;
using Floats = SmallVector<double, 2>;

// An object that an op carries along, such as a callback: no user gives it by name.
struct Payload {
  virtual ~Payload() = default;
  // Two payloads of one hash may stand for each other in a plan.
  virtual uint64_t hash() const { return reinterpret_cast<uintptr_t>(this); }
  virtual std::size_t bytes() const { return 0; }      // that it holds
  virtual bool has_user_ops() const { return false; }  // it calls functions of the user's when it is computed
  virtual bool reaches(std::size_t, std::size_t) const { return true; }  // whether output k depends on input i at all
};
using PayloadPtr = std::shared_ptr<const Payload>;

// std::monostate is "null": the attribute was left out and has no other default.
using AttrValue = std::variant<std::monostate, int64_t, double, bool, Dtype, std::string, Ints, Floats, PayloadPtr>;

// Kinds an attribute accepts, as a set of bits.
enum AttrKind : uint32_t {
  kAttrInt = 1,
  kAttrFloat = 2,
  kAttrBool = 4,
  kAttrDtype = 8,
  kAttrString = 16,
  kAttrInts = 32,
  kAttrFloats = 64,
  kAttrPayload = 128,  // internal: not given by name
};

struct AttrSpec {
  std::string name;
  uint32_t kinds;
  bool required;
  AttrValue fallback;                // used where the attribute is left out
  std::vector<std::string> choices;  // of a string; empty: any
};

struct Attrs {
  SmallVector<AttrValue, 2> values;  // in the order of the op's specs
  std::vector<std::string> names;    // of a user's op, which has no specs

  const Payload* payload() const {  // null: none
    for (const AttrValue& value : values)
      if (const PayloadPtr* p = std::get_if<PayloadPtr>(&value)) return p->get();
    return nullptr;
  }
};
using AttrsPtr = std::shared_ptr<const Attrs>;

std::string to_string(const AttrValue& value);
std::string kinds_to_string(uint32_t kinds);

// Converts a value to one of the accepted kinds, or throws naming the op and the attribute. An integer serves as a
// float, one element as a list, and a name as a dtype.
AttrValue convert_attr(std::string_view op, const AttrSpec& spec, AttrValue value);

// Mixes a value into a running 64-bit hash.
inline uint64_t hash_mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15ull;
  return hash ^ (hash >> 29);
}
uint64_t hash_attrs(uint64_t hash, const Attrs& attrs);

}  // namespace gradtape::core
