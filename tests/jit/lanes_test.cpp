// Each function of elements that native code has, against the loop that the interpreter calls: for all ops, dtypes and
// places of operands and results.
#include <algorithm>
#include <map>
#include <string>

#include "base/isa.hpp"
#include "jit/members.hpp"
#include "kernels/elementwise/fused_pairs.hpp"
#include "native.hpp"
#include "plan/program_by_hand.hpp"

namespace gradtape::core::jit {
namespace {

using Instruction = Loop::Instruction;
using Bytes = std::vector<std::byte>;

constexpr std::size_t kSizes[] = {0, 1, 2, 3, 7, 8, 9, 31, 513, 1250};
constexpr std::size_t kMost = 1250;  // all pairs of two operands' special values
constexpr std::size_t kStrides[] = {1, 25, 50};
constexpr Dtype kDtypes[] = {Dtype::boolean, Dtype::int32, Dtype::int64, Dtype::float32, Dtype::float64};

// The places of operands and results.
enum class Place : uint8_t { address, tile, one, one_in_tile, in_place };
bool is_one(Place p) { return p == Place::one || p == Place::one_in_tile; }
bool is_tile(Place p) { return p == Place::tile || p == Place::one_in_tile; }

// One tile instruction, compiled with its operands and its result in each place.
class Function {
 public:
  Function(const Instruction& instruction, std::string name) : i_(instruction), name_(std::move(name)) {
    const std::size_t operands = i_.before ? 3 : i_.op->inputs.size();
    for (std::size_t k = 0; k < operands; ++k) {
      dtypes_.push_back(operand_dtype(i_, k));
      values_.push_back(hard_elements(dtypes_[k], kMost, kStrides[k], random_));
    }
  }
  // Whether native code has it: there is no product of int64.
  bool is_inlined() const {
    Unit unit;
    record_into(unit, false);
    return std::ranges::all_of(unit.program.code(), can_emit);
  }
  void check() {
    const std::size_t n = dtypes_.size();
    std::vector<Place> places(n, Place::address);
    for (std::size_t combination = 0; combination < std::size_t{1} << 2 * n; ++combination) {
      for (std::size_t k = 0, rest = combination; k < n; ++k, rest /= 4) places[k] = static_cast<Place>(rest % 4);
      check(places, Place::address);
      check(places, Place::tile);
      for (std::size_t k = 0; k < n; ++k)
        if (!is_one(places[k]) && size_of(dtypes_[k]) == size_of(i_.to)) check(places, Place::in_place, k);
    }
    check_same_operand();
  }

 private:
  // The instruction that is the result. same: the operands are one value, where their dtypes let them.
  int32_t record_into(Unit& unit, bool same) const {
    SmallVector<int32_t, 3> operands;
    for (std::size_t k = 0; k < dtypes_.size(); ++k)
      operands.push_back(same && k > 0 && dtypes_[k] == dtypes_[k - 1] ? operands[k - 1]
                                                                       : unit.program.input(dtypes_[k]));
    unit.element_size = 4;
    for (const math::LaneInstruction& x : unit.program.code())
      if (x.dtype != Dtype::boolean) unit.element_size = static_cast<int>(size_of(x.dtype));
    const std::optional<int32_t> result = record(i_, operands, unit.program);
    EXPECT_TRUE(result.has_value()) << name_;
    for (const math::LaneInstruction& x : unit.program.code())
      if (x.dtype != Dtype::boolean) unit.element_size = static_cast<int>(size_of(x.dtype));
    return *result;
  }
  Bytes expected(const std::vector<Place>& places, std::size_t n, bool same) const {
    Bytes out(n * size_of(i_.to));
    std::vector<Bytes> in;
    for (std::size_t k = 0; k < dtypes_.size(); ++k) {
      in.push_back(same && k > 0 && dtypes_[k] == dtypes_[k - 1] ? in[k - 1] : values_[k]);
      const std::size_t size = size_of(dtypes_[k]);
      if (is_one(places[k]))
        for (std::size_t e = 1; e < n; ++e) std::memcpy(&in[k][e * size], &in[k][0], size);
    }
    Tile tile{n, {}, out.data(), i_.attrs.get()};
    for (std::size_t k = 0; k < in.size(); ++k) tile.in[k] = in[k].data();
    i_.tile_fn(tile);
    return out;
  }
  void check(const std::vector<Place>& places, Place result, std::size_t replaced = 0) {
    Unit unit;
    const int32_t out = record_into(unit, false);
    if (unit.program[out].op == math::LaneOp::input || unit.program[out].op == math::LaneOp::constant) return;
    const Native function = compiled(unit, out, places, result, replaced);
    if (!function.fn) return;
    for (std::size_t n : kSizes) run(function, unit, places, result, replaced, n, false);
    if (unit.element_size == 4 && only_bools(unit)) {
      unit.element_size = 8;
      const Native wide = compiled(unit, out, places, result, replaced);
      for (std::size_t n : kSizes) run(wide, unit, places, result, replaced, n, false);
    }
  }
  static bool only_bools(const Unit& unit) {
    return std::ranges::all_of(unit.program.code(), [](const auto& x) { return x.dtype == Dtype::boolean; });
  }
  // The unit with its operands and its result at these places: each has an address, and a tile, of its own.
  Native compiled(Unit& unit, int32_t out, const std::vector<Place>& places, Place result, std::size_t replaced) {
    unit.inputs.clear(), unit.outputs.clear();
    int32_t number = 0;
    const auto memory = [&](Place place, uint32_t at) {
      if (is_tile(place)) return UnitMemory{UnitMemory::tile, at * kTileBytes, is_one(place)};
      return UnitMemory{UnitMemory::address, at, is_one(place)};
    };
    for (std::size_t k = 0; k < places.size(); ++k)
      unit.inputs.push_back({number++, memory(places[k], static_cast<uint32_t>(k))});
    const auto last = static_cast<uint32_t>(places.size());
    unit.outputs.push_back({out, result == Place::in_place ? memory(places[replaced], static_cast<uint32_t>(replaced))
                                                           : memory(result, last)});
    unit.addresses = last + 1;
    return native(unit);
  }
  void run(const Native& function, const Unit& unit, const std::vector<Place>& places, Place result,
           std::size_t replaced, std::size_t n, bool same) {
    memory_.take_none();
    const std::byte* addresses[4] = {};
    std::byte* memory[4] = {};
    std::vector<std::byte> scratch(4 * kTileBytes);
    for (std::size_t k = 0; k < places.size(); ++k) {
      const std::size_t bytes = (is_one(places[k]) ? 1 : n) * size_of(dtypes_[k]);
      memory[k] = is_tile(places[k]) ? &scratch[k * kTileBytes] : memory_.take(bytes, n % 2 == 0);
      if (bytes > 0) std::memcpy(memory[k], values_[k].data(), bytes);
      addresses[k] = memory[k];
    }
    const std::size_t last = places.size();
    std::byte* to = result == Place::in_place ? memory[replaced]
                    : result == Place::tile   ? &scratch[last * kTileBytes]
                                              : memory_.take(n * size_of(i_.to), n % 2 == 0);
    addresses[last] = to;
    function.fn(addresses, scratch.data(), n);
    const Bytes want = expected(places, n, same);
    const std::size_t at = first_difference(i_.to, to, want.data(), n);
    ASSERT_EQ(at, n) << name_ << ", elements of " << unit.element_size << " bytes, " << n << " of them, operands at "
                     << places_as_text(places) << ", result at " << static_cast<int>(result) << ' ' << replaced;
  }
  void check_same_operand() {
    Unit unit;
    const int32_t out = record_into(unit, true);
    const std::vector<Place> places(dtypes_.size(), Place::address);
    unit.addresses = static_cast<uint32_t>(dtypes_.size()) + 1;
    int32_t number = 0;
    for (std::size_t k = 0; k < dtypes_.size(); ++k)
      if (k == 0 || dtypes_[k] != dtypes_[k - 1])
        unit.inputs.push_back({number++, {UnitMemory::address, static_cast<uint32_t>(k)}});
    unit.outputs.push_back({out, {UnitMemory::address, static_cast<uint32_t>(dtypes_.size())}});
    if (unit.program[out].op == math::LaneOp::input || unit.program[out].op == math::LaneOp::constant) return;
    const Native function = native(unit);
    for (std::size_t n : kSizes) run(function, unit, places, Place::address, 0, n, true);
  }
  static std::string places_as_text(const std::vector<Place>& places) {
    std::string text;
    for (Place p : places) text += std::to_string(static_cast<int>(p)) + ' ';
    return text;
  }

  static constexpr uint32_t kTileBytes = kMost * 8 + 48;
  const Instruction& i_;
  const std::string name_;
  std::vector<Dtype> dtypes_;
  std::vector<Bytes> values_;
  std::mt19937_64 random_{7};
  Guarded memory_{4, kMost * 8};
};

// Attributes with numbers at the ends of what can be: in order, and reversed.
std::vector<AttrsPtr> attributes_to_try(const Op& op) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN(), kInf = std::numeric_limits<double>::infinity();
  constexpr double kFloats[][2] = {{-0.5, 0.75}, {0.0, -0.0},     {-0.0, 0.0},     {-kInf, kInf}, {kNan, 1},
                                   {1, kNan},    {1e300, 1e-320}, {-1e300, 1e300}, {0.1, 0.1},    {3, -3}};
  constexpr int64_t kInts[][2] = {{-3, 4},
                                  {0, 0},
                                  {INT64_MIN, INT64_MAX},
                                  {INT64_C(1) << 40, INT64_C(1) << 53},
                                  {INT32_MIN, INT32_MAX},
                                  {(INT64_C(1) << 53) + 1, 2}};
  std::vector<std::size_t> numbers;
  for (std::size_t k = 0; k < op.attrs.size(); ++k)
    if (op.attrs[k].kinds & kAttrFloat) numbers.push_back(k);
  std::vector<AttrsPtr> result;
  const auto add = [&](const auto& values) {
    auto attrs = std::make_shared<Attrs>(*attributes(op));
    for (std::size_t k = 0; k < numbers.size(); ++k) attrs->values[numbers[k]] = values[k % 2];
    result.push_back(attrs);
  };
  if (numbers.empty()) return {attributes(op)};
  for (const auto& pair : kFloats) add(pair);
  if (op.attrs[numbers[0]].kinds & kAttrInt)
    for (const auto& pair : kInts) add(pair);
  return result;
}

std::vector<const Op*> elementwise_ops() {
  std::vector<const Op*> ops;
  const auto add = [&](const Op& op) {
    if (std::holds_alternative<Elementwise>(op.computation)) ops.push_back(&op);
  };
  for (const Op* op : Registry::instance().all()) add(*op);
  for (std::string_view name : kOpNames)
    if (const Op& op = Registry::instance().builtin(name); op.internal) add(op);
  return ops;
}

Instruction instruction(const Op& op, Dtype from, Dtype to) {
  Instruction i{};
  i.kind = Instruction::tile;
  i.op = &op;
  i.from = from, i.to = to;
  i.tile_fn = std::get<Elementwise>(op.computation).loop(from, to);
  return i;
}
// The dtype of an op's result.
Dtype result_dtype(const Op& op, Dtype from) {
  constexpr const char* kPredicates[] = {"equal", "not_equal", "less", "less_equal", "greater", "greater_equal"};
  return std::ranges::find(kPredicates, op.name) != std::end(kPredicates) ? Dtype::boolean : from;
}

class Lanes : public testing::Test {
 public:
  void SetUp() override {
    if (!is_available()) GTEST_SKIP() << "no native code here";
  }
};

TEST_F(Lanes, GiveWhatTheLoopsGive) {
  std::map<Dtype, int> inlined;
  for (const Op* op : elementwise_ops())
    for (Dtype from : kDtypes)
      for (Dtype to : kDtypes) {
        const auto& e = std::get<Elementwise>(op->computation);
        if (!e.lane(from, to) || (!e.select_lanes && to != result_dtype(*op, from))) continue;
        ASSERT_NE(e.loop(from, to), nullptr) << op->name;
        Instruction i = instruction(*op, from, to);
        for (const AttrsPtr& attrs : attributes_to_try(*op)) {
          i.attrs = attrs;
          Function function(i, op->name + " of " + std::string(name_of(from)));
          const bool may_be_fused = is_floating(from) && isa() == Isa::baseline;
          EXPECT_TRUE(function.is_inlined() || from == Dtype::int64 || may_be_fused) << op->name;
          if (!function.is_inlined()) break;
          function.check();
          if (HasFatalFailure()) return;
          ++inlined[from];
        }
      }
  EXPECT_GE(inlined[Dtype::float32], 40);
  EXPECT_GE(inlined[Dtype::float64], 40);
  EXPECT_GE(inlined[Dtype::int32], 15);
  EXPECT_GE(inlined[Dtype::int64], 12);
  EXPECT_GE(inlined[Dtype::boolean], 10);
}

TEST_F(Lanes, OfPairsGiveWhatTheLoopsGive) {
  int pairs = 0;
  for (const Op* inner : elementwise_ops())
    for (const Op* outer : elementwise_ops())
      for (Dtype dtype : kDtypes)
        for (bool right : {false, true}) {
          const auto &a = std::get<Elementwise>(inner->computation), &b = std::get<Elementwise>(outer->computation);
          if (!b.pair || a.arithmetic == Arithmetic::none) continue;
          Instruction i = instruction(*outer, dtype, dtype);
          i.tile_fn = b.pair(a.arithmetic, b.arithmetic, right, dtype);
          if (!i.tile_fn) continue;
          i.before = inner, i.right = right;
          Function function(i, inner->name + ", " + outer->name + " of " + std::string(name_of(dtype)));
          EXPECT_TRUE(function.is_inlined() || dtype == Dtype::int64);
          if (!function.is_inlined()) continue;
          function.check();
          if (HasFatalFailure()) return;
          ++pairs;
        }
  EXPECT_GE(pairs, 30);
}

}  // namespace
}  // namespace gradtape::core::jit
