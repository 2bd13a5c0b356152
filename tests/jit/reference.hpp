// The meaning of lane programs, one element at a time: what native code must give.
#pragma once

#include "math/lane.hpp"
#include "native.hpp"

namespace gradtape::core::jit {

// The bits of an element: a mask is all ones or 0.
using Element = uint64_t;

template <class T>
T as(Element bits) {
  if constexpr (sizeof(T) == 4)
    return std::bit_cast<T>(static_cast<uint32_t>(bits));
  else
    return std::bit_cast<T>(bits);
}
template <class T>
Element bits_of(T x) {
  if constexpr (sizeof(T) == 4)
    return std::bit_cast<uint32_t>(x);
  else
    return std::bit_cast<uint64_t>(x);
}
inline Element mask_of(bool b) { return b ? ~Element{0} : 0; }

template <class T>
Element compute(math::LaneOp op, T x, T y) {
  using math::LaneOp;
  switch (op) {
    case LaneOp::add: return bits_of(math::wrap_add(x, y));
    case LaneOp::subtract: return bits_of(math::wrap_subtract(x, y));
    case LaneOp::multiply: return bits_of(math::wrap_multiply(x, y));
    case LaneOp::equal: return mask_of(x == y);
    case LaneOp::not_equal: return mask_of(x != y);
    case LaneOp::less: return mask_of(x < y);
    case LaneOp::less_equal: return mask_of(x <= y);
    default: break;
  }
  if constexpr (std::is_floating_point_v<T>) switch (op) {
      case LaneOp::divide: return bits_of(x / y);
      case LaneOp::square_root: return bits_of(std::sqrt(x));
      case LaneOp::nearest: return bits_of(std::nearbyint(x));
      case LaneOp::floor: return bits_of(std::floor(x));
      case LaneOp::ceil: return bits_of(std::ceil(x));
      case LaneOp::truncate: return bits_of(std::trunc(x));
      default: break;
    }
  ADD_FAILURE() << "no such instruction";
  return 0;
}
template <class T>
Element compute_fused(math::LaneOp op, T a, T b, T c) {
  return bits_of(std::fma(op == math::LaneOp::multiply_add ? a : -a, b, c));
}
inline Element compute_shift(const math::LaneInstruction& i, Element x) {
  if (size_of(i.dtype) == 4) x &= 0xFFFFFFFF;
  return i.op == math::LaneOp::shift_left ? x << i.bits : x >> i.bits;
}
// The function that a straight-line unit calls.
inline Element call(const Unit& unit, const math::LaneInstruction& i, const std::vector<Element>& values) {
  Element in[3] = {}, out = 0;
  Tile tile{1, {}, &out, unit.calls[i.bits].attrs.get()};
  for (std::size_t k = 0; k < 3 && i.in[k] >= 0; ++k) {
    const auto operand = static_cast<std::size_t>(i.in[k]);
    const bool is_mask = unit.program.code()[operand].result() == Dtype::boolean;
    in[k] = is_mask ? values[operand] & 1 : values[operand];
    tile.in[k] = &in[k];
  }
  unit.calls[i.bits].fn(tile);
  return i.dtype == Dtype::boolean ? mask_of(out != 0) : out;
}
inline Element compute(const Unit& unit, const math::LaneInstruction& i, const std::vector<Element>& values) {
  using math::LaneOp;
  const auto in = [&](std::size_t k) { return i.in[k] < 0 ? 0 : values[static_cast<std::size_t>(i.in[k])]; };
  switch (i.op) {
    case LaneOp::input: return 0;
    case LaneOp::constant: return i.bits;
    case LaneOp::bit_and: return in(0) & in(1);
    case LaneOp::bit_or: return in(0) | in(1);
    case LaneOp::bit_xor: return in(0) ^ in(1);
    case LaneOp::select: return in(0) ? in(1) : in(2);
    case LaneOp::call: return call(unit, i, values);
    case LaneOp::shift_left:
    case LaneOp::shift_right: return compute_shift(i, in(0));
    case LaneOp::multiply_add:
    case LaneOp::subtract_product:
      if (i.dtype == Dtype::float32) return compute_fused(i.op, as<float>(in(0)), as<float>(in(1)), as<float>(in(2)));
      return compute_fused(i.op, as<double>(in(0)), as<double>(in(1)), as<double>(in(2)));
    default: break;
  }
  switch (i.dtype) {
    case Dtype::int32: return compute(i.op, as<int32_t>(in(0)), as<int32_t>(in(1)));
    case Dtype::int64: return compute(i.op, as<int64_t>(in(0)), as<int64_t>(in(1)));
    case Dtype::float32: return compute(i.op, as<float>(in(0)), as<float>(in(1)));
    default: return compute(i.op, as<double>(in(0)), as<double>(in(1)));
  }
}

// A unit whose operands and results lie in memory of the test's own. Values of inputs are drawn.
class UnitTest {
 public:
  explicit UnitTest(Unit unit, uint64_t seed = 1) : unit_(std::move(unit)), random_(seed) { function_ = native(unit_); }
  // Runs the unit on n elements and compares all results.
  void check(std::size_t n) {
    if (!function_.fn) return;
    lay_out(n);
    std::vector<const std::byte*> addresses(unit_.addresses);
    for (const auto& [memory, at] : places_)
      if (memory.kind == UnitMemory::address) addresses[memory.at] = at;
    const std::vector<std::vector<std::byte>> want = expected(n);
    function_.fn(addresses.data(), scratch_.data(), n);
    for (std::size_t k = 0; k < unit_.outputs.size(); ++k) {
      const Dtype dtype = dtype_of_value(unit_.outputs[k].instruction);
      const std::size_t at = first_difference(dtype, place_of(unit_.outputs[k].memory), want[k].data(), n);
      ASSERT_EQ(at, n) << "result " << k << " (instruction " << unit_.outputs[k].instruction << ") of " << n
                       << " elements";
    }
  }

 private:
  Dtype dtype_of_value(int32_t i) const { return unit_.program[i].result(); }
  static bool same(const UnitMemory& a, const UnitMemory& b) { return a.kind == b.kind && a.at == b.at; }
  std::byte* place_of(const UnitMemory& m) const {
    for (const auto& [memory, at] : places_)
      if (same(memory, m)) return at;
    return nullptr;
  }
  // Memory for all values, of exactly their size, and random contents for inputs.
  void lay_out(std::size_t n) {
    const std::size_t values = unit_.inputs.size() + unit_.outputs.size();
    memory_ = std::make_unique<Guarded>(values, std::max<std::size_t>(n * 8, 1));
    places_.clear();
    std::size_t most = 0;
    for (const std::vector<Unit::Value>* list : {&unit_.inputs, &unit_.outputs})
      for (const Unit::Value& v : *list) most = std::max<std::size_t>(most, v.memory.at);
    scratch_.resize(most + n * 8);
    for (const std::vector<Unit::Value>* list : {&unit_.inputs, &unit_.outputs})
      for (const Unit::Value& v : *list) {
        if (place_of(v.memory)) continue;
        const Dtype dtype = dtype_of_value(v.instruction);
        const std::size_t elements = v.memory.one ? 1 : n;
        const std::size_t size = elements * size_of(dtype);
        std::byte* at =
            v.memory.kind == UnitMemory::tile ? scratch_.data() + v.memory.at : memory_->take(size, random_() % 2 == 0);
        const std::vector<std::byte> bytes = hard_elements(dtype, elements, 1 + random_() % 30, random_);
        std::ranges::copy(bytes, at);
        places_.push_back({v.memory, at});
      }
  }
  std::vector<std::vector<std::byte>> expected(std::size_t n) const {
    std::vector<std::vector<std::byte>> out;
    for (const Unit::Value& v : unit_.outputs) out.emplace_back(n * size_of(dtype_of_value(v.instruction)));
    std::vector<Element> values(unit_.program.code().size());
    for (std::size_t e = 0; e < n; ++e) {
      for (const Unit::Value& v : unit_.inputs) values[static_cast<std::size_t>(v.instruction)] = input(v, e);
      for (std::size_t k = 0; k < values.size(); ++k)
        if (unit_.program.code()[k].op != math::LaneOp::input)
          values[k] = compute(unit_, unit_.program.code()[k], values);
      for (std::size_t k = 0; k < out.size(); ++k) {
        const Dtype dtype = dtype_of_value(unit_.outputs[k].instruction);
        Element x = values[static_cast<std::size_t>(unit_.outputs[k].instruction)];
        if (dtype == Dtype::boolean) x &= 1;
        std::memcpy(&out[k][e * size_of(dtype)], &x, size_of(dtype));
      }
    }
    return out;
  }
  Element input(const Unit::Value& v, std::size_t element) const {
    const Dtype dtype = dtype_of_value(v.instruction);
    Element x = 0;
    std::memcpy(&x, place_of(v.memory) + (v.memory.one ? 0 : element) * size_of(dtype), size_of(dtype));
    return dtype == Dtype::boolean ? mask_of(x != 0) : x;
  }

  const Unit unit_;
  std::mt19937_64 random_;
  Native function_;
  std::unique_ptr<Guarded> memory_;
  std::vector<std::byte> scratch_;
  std::vector<std::pair<UnitMemory, std::byte*>> places_;
};

}  // namespace gradtape::core::jit
