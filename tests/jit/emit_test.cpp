// Units that lead the emitter through each of its ways. They have more values and addresses than there are registers,
// masks and constants in memory, and results that are read again. Memory ends at pages that cannot be touched.
#include <array>
#include <cstdlib>
#include <set>
#include <string>

#include "plan/program_by_hand.hpp"
#include "reference.hpp"

namespace gradtape::core::jit {
namespace {

using math::LaneInstruction;
using math::LaneOp;

constexpr std::size_t kSizes[] = {0, 1, 3, 4, 7, 8, 9, 15, 16, 17, 100};

// A unit made instruction by instruction. Operands and results lie at addresses of their own, or in tiles.
class Maker {
 public:
  explicit Maker(Dtype dtype) : dtype_(dtype) { unit_.element_size = static_cast<int>(size_of(dtype)); }

  int32_t input(Dtype dtype) { return in_memory(dtype, {UnitMemory::address, unit_.addresses++}); }
  int32_t input() { return input(dtype_); }
  int32_t one(Dtype dtype) { return in_memory(dtype, {UnitMemory::address, unit_.addresses++, true}); }
  int32_t tile(Dtype dtype, bool one = false) { return in_memory(dtype, {UnitMemory::tile, next_tile(), one}); }
  int32_t number(double x) {
    return dispatch(dtype_, [&]<class T>(Type<T>) { return unit_.program.constant(static_cast<T>(x)); });
  }
  int32_t whole_number(Dtype dtype, int64_t x) {
    if (dtype == Dtype::int32) return unit_.program.constant(static_cast<int32_t>(x));
    return unit_.program.constant(x);
  }
  int32_t truth(bool x) { return unit_.program.constant(x); }
  int32_t op(LaneOp op, Dtype dtype, std::initializer_list<int32_t> in) {
    LaneInstruction i{op, dtype};
    std::ranges::copy(in, i.in.begin());
    return unit_.program.append(i);
  }
  int32_t op(LaneOp o, std::initializer_list<int32_t> in) { return op(o, dtype_, in); }
  int32_t shift(Dtype dtype, int32_t x, std::size_t bits) {
    return unit_.program.append({bits % 2 == 0 ? LaneOp::shift_left : LaneOp::shift_right, dtype, {x, -1, -1}, bits});
  }
  int32_t result(int32_t i) { return result(i, {UnitMemory::address, unit_.addresses++}); }
  int32_t result(int32_t i, UnitMemory memory) {
    unit_.outputs.push_back({i, memory});
    return i;
  }
  int32_t result_in_tile(int32_t i) { return result(i, {UnitMemory::tile, next_tile()}); }
  UnitMemory memory_of_input(int32_t i) const {
    return std::ranges::find(unit_.inputs, i, &Unit::Value::instruction)->memory;
  }
  void check() {
    UnitTest test(unit_);
    for (std::size_t n : kSizes) {
      SCOPED_TRACE(name_of(dtype_));
      test.check(n);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
  // A call, in straight-line code.
  int32_t call(const char* name, Dtype from, Dtype to, int32_t x) {
    LaneInstruction i{LaneOp::call, to, {x}, unit_.calls.size()};
    unit_.calls.push_back({std::get<Elementwise>(op_named(name).computation).loop(from, to), nullptr});
    return unit_.program.append(i);
  }
  void set_straight() { unit_.straight = true; }
  const Unit& unit() const { return unit_; }

 private:
  int32_t in_memory(Dtype dtype, UnitMemory memory) {
    unit_.inputs.push_back({unit_.program.input(dtype), memory});
    return unit_.inputs.back().instruction;
  }
  uint32_t next_tile() { return 832 * tiles_++; }

  const Dtype dtype_;
  uint32_t tiles_ = 0;
  Unit unit_;
};

class Emit : public testing::TestWithParam<Dtype> {
 public:
  void SetUp() override {
    if (!is_available()) GTEST_SKIP() << "no native code here";
  }
  Dtype dtype() const { return GetParam(); }
  Maker m_{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Of, Emit, testing::Values(Dtype::int32, Dtype::int64, Dtype::float32, Dtype::float64),
                         [](const auto& info) { return std::string(name_of(info.param)); });

TEST_P(Emit, AddressesBeyondTheRegisters) {
  int32_t sum = m_.input();
  for (int k = 0; k < 30; ++k) sum = m_.op(LaneOp::subtract, {sum, k % 3 == 0 ? m_.one(dtype()) : m_.input()});
  m_.result(sum);
  m_.result(m_.op(LaneOp::add, {m_.input(), m_.one(dtype())}));
  m_.check();
}
TEST_P(Emit, OperandsAndResultsInTiles) {
  const int32_t x = m_.tile(dtype()), y = m_.tile(dtype(), true), mask = m_.tile(Dtype::boolean);
  m_.result_in_tile(m_.op(LaneOp::select, {mask, x, y}));
  m_.result_in_tile(m_.op(LaneOp::less, {x, y}));
  m_.result_in_tile(m_.op(LaneOp::select, {m_.tile(Dtype::boolean, true), y, x}));
  m_.check();
}
TEST_P(Emit, NumbersBeyondTheRegisters) {
  std::vector<int32_t> live;
  const int32_t x = m_.input();
  for (int k = 0; k < 40; ++k) live.push_back(m_.op(LaneOp::add, {x, m_.number(k)}));
  int32_t sum = live[0];
  for (int32_t each : live) sum = m_.op(LaneOp::subtract, {sum, each});  // in the order in which they were made
  for (std::size_t k = live.size(); k-- > 0;) sum = m_.op(LaneOp::subtract, {live[k], sum});
  m_.result(sum);
  m_.check();
}
TEST_P(Emit, MasksBeyondTheRegisters) {
  std::vector<int32_t> live;
  const int32_t x = m_.input();
  for (int k = 0; k < 40; ++k)
    live.push_back(k % 4 == 0 ? m_.input(Dtype::boolean) : m_.op(LaneOp::less, {x, m_.number(k - 20)}));
  int32_t all = live[0];
  for (std::size_t k = live.size(); k-- > 0;) all = m_.op(LaneOp::bit_xor, Dtype::boolean, {live[k], all});
  m_.result(all);
  int32_t chosen = x;
  for (std::size_t k = live.size(); k-- > 0;)
    chosen = m_.op(LaneOp::select, {live[k], chosen, m_.number(static_cast<double>(k))});
  m_.result(chosen);
  m_.check();
}
TEST_P(Emit, ResultsThatAreReadAgainFromWhereTheyLie) {
  std::vector<int32_t> results;
  const int32_t x = m_.input(), mask = m_.result(m_.op(LaneOp::equal, {x, m_.number(0)}));
  for (int k = 0; k < 25; ++k) {
    results.push_back(m_.op(LaneOp::add, {x, m_.number(k)}));
    k % 2 ? m_.result(results.back()) : m_.result_in_tile(results.back());
  }
  int32_t sum = x;
  for (int32_t each : results) sum = m_.op(LaneOp::subtract, {sum, each});
  for (int32_t each : results) sum = m_.op(LaneOp::subtract, {each, sum});
  m_.result(m_.op(LaneOp::select, {mask, m_.number(3), sum}));
  m_.check();
}
TEST_P(Emit, OneOperandTwice) {
  const int32_t x = m_.input(), y = m_.input(), b = m_.input(Dtype::boolean);
  m_.result(m_.op(LaneOp::add, {x, x}));
  m_.result(m_.op(LaneOp::subtract, {x, x}));
  m_.result(m_.op(LaneOp::less, {y, y}));
  m_.result(m_.op(LaneOp::select, {b, y, y}));
  m_.result(m_.op(LaneOp::select, Dtype::boolean, {b, b, b}));
  m_.result(m_.op(LaneOp::bit_xor, Dtype::boolean, {b, b}));
  m_.check();
}
TEST_P(Emit, ConstantsAsEachOperand) {
  const int32_t x = m_.input(), b = m_.input(Dtype::boolean);
  for (double number : {0.0, -0.0, 1.0, -3.0}) {
    const int32_t c = m_.number(number);
    for (LaneOp op : {LaneOp::add, LaneOp::subtract, LaneOp::equal, LaneOp::less}) {
      m_.result(m_.op(op, {x, c}));
      m_.result(m_.op(op, {c, x}));
    }
    m_.result(m_.op(LaneOp::select, {b, c, x}));
    m_.result(m_.op(LaneOp::select, {b, x, c}));
    m_.result(m_.op(LaneOp::select, {b, c, m_.number(number + 1)}));
    m_.result(m_.op(LaneOp::select, {b, m_.number(0), c}));
    m_.result(m_.op(LaneOp::select, {b, c, m_.number(0)}));
  }
  for (bool truth : {false, true}) {
    const int32_t c = m_.truth(truth);
    m_.result(m_.op(LaneOp::bit_xor, Dtype::boolean, {b, c}));
    m_.result(m_.op(LaneOp::select, Dtype::boolean, {b, c, m_.op(LaneOp::less, {x, m_.number(1)})}));
    m_.result(m_.op(LaneOp::select, Dtype::boolean, {m_.op(LaneOp::equal, {x, m_.number(1)}), b, c}));
    m_.result(m_.op(LaneOp::select, {c, x, m_.number(5)}));
  }
  m_.check();
}
TEST_P(Emit, ChainsOfAThousand) {
  int32_t x = m_.input();
  const int32_t y = m_.input(), mask = m_.input(Dtype::boolean);
  for (int k = 0; k < 1000; ++k)
    x = k % 5 == 4 ? m_.op(LaneOp::select, {mask, x, y})
                   : m_.op(k % 2 ? LaneOp::add : LaneOp::subtract, {x, k % 3 ? y : m_.number(k)});
  m_.result(x);
  m_.check();
}
TEST_P(Emit, ResultsInTheMemoryOfOperands) {
  const int32_t x = m_.input(), y = m_.input(), b = m_.input(Dtype::boolean);
  const int32_t sum = m_.op(LaneOp::add, {x, y}), chosen = m_.op(LaneOp::select, {b, sum, y});
  m_.result(sum, m_.memory_of_input(x));
  m_.result(chosen, m_.memory_of_input(y));
  m_.result(m_.op(LaneOp::less, {chosen, sum}), m_.memory_of_input(b));
  m_.check();
}
TEST_P(Emit, InstructionsThatNothingReadsAreLeftOut) {
  const int32_t x = m_.input();
  m_.op(LaneOp::add, {x, m_.input()});
  const int32_t last = m_.op(LaneOp::subtract, {x, m_.op(LaneOp::add, {x, x})});
  m_.op(LaneOp::equal, {last, x});
  m_.result(last);
  m_.check();
}

// Programs of numbers of both kinds that have the size, and of masks.
class RandomUnit {
 public:
  explicit RandomUnit(uint64_t seed) : random_(seed), wide_(below(2) == 0), straight_(below(3) == 0), m_(floats()) {
    if (straight_) m_.set_straight();
    for (std::size_t k = 1 + below(20); k-- > 0;) add_input();
    const std::size_t near = below(3) == 0 ? 1000 : 1 + below(40);  // how far back operands lie
    for (std::size_t k = 1 + below(below(10) == 0 ? 400 : 60); k-- > 0;) add(near);
    for (int32_t i : made_)
      if (below(4) == 0 || i == made_.back()) add_result(i);
  }
  std::vector<std::size_t> sizes() const {
    return straight_ ? std::vector<std::size_t>{1} : std::vector<std::size_t>{7, 8, 21};
  }
  const Unit& unit() const { return m_.unit(); }

 private:
  std::size_t below(std::size_t n) { return random_() % n; }
  Dtype floats() const { return wide_ ? Dtype::float64 : Dtype::float32; }
  Dtype integers() const { return wide_ ? Dtype::int64 : Dtype::int32; }
  Dtype any_dtype() {
    const std::size_t k = below(8);
    return k < 4 ? floats() : k < 6 ? integers() : Dtype::boolean;
  }
  std::vector<int32_t>& of(Dtype dtype) { return by_dtype_[static_cast<std::size_t>(dtype)]; }
  void add_input() {
    const Dtype dtype = any_dtype();
    const std::size_t place = below(5);
    of(dtype).push_back(place == 0   ? m_.one(dtype)
                        : place == 1 ? m_.tile(dtype)
                        : place == 2 ? m_.tile(dtype, true)
                                     : m_.input(dtype));
  }
  int32_t pick(Dtype dtype, std::size_t near) {
    std::vector<int32_t>& values = of(dtype);
    if (values.empty()) values.push_back(m_.input(dtype));
    if (below(8) == 0) return constant(dtype);
    return values[values.size() - 1 - below(std::min(near, values.size()))];
  }
  int32_t constant(Dtype dtype) {
    constexpr double kNumbers[] = {0, -0.0, 1, -1, 2.5, 1e9};
    const double x = kNumbers[below(std::size(kNumbers))];
    if (dtype == Dtype::boolean) return m_.truth(x != 0);
    if (dtype == floats()) return m_.number(x);
    return m_.whole_number(dtype, static_cast<int64_t>(x));
  }
  void add(std::size_t near) {
    const Dtype dtype = any_dtype();
    const auto x = [&](Dtype d) { return pick(d, near); };
    if (straight_ && below(8) == 0) return add_call(dtype, x);
    if (below(5) == 0) return made(dtype, m_.op(LaneOp::select, dtype, {x(Dtype::boolean), x(dtype), x(dtype)}));
    if (dtype == Dtype::boolean) {
      constexpr LaneOp kBits[] = {LaneOp::bit_and, LaneOp::bit_or, LaneOp::bit_xor};
      return made(dtype, m_.op(kBits[below(3)], dtype, {x(dtype), x(dtype)}));
    }
    if (dtype == floats() && below(4) == 0) {
      const LaneOp fused = below(2) == 0 ? LaneOp::multiply_add : LaneOp::subtract_product;
      return made(dtype, m_.op(fused, dtype, {x(dtype), x(dtype), x(dtype)}));
    }
    if (dtype == integers() && below(4) == 0) return made(dtype, m_.shift(dtype, x(dtype), below(wide_ ? 64 : 32)));
    constexpr LaneOp kAny[] = {LaneOp::add, LaneOp::subtract, LaneOp::equal, LaneOp::less, LaneOp::multiply};
    constexpr LaneOp kFloats[] = {LaneOp::add,         LaneOp::subtract, LaneOp::equal,     LaneOp::less,
                                  LaneOp::multiply,    LaneOp::divide,   LaneOp::not_equal, LaneOp::less_equal,
                                  LaneOp::square_root, LaneOp::nearest,  LaneOp::floor,     LaneOp::ceil,
                                  LaneOp::truncate};
    const LaneOp op = dtype == floats() ? kFloats[below(std::size(kFloats))] : kAny[below(wide_ ? 4 : 5)];
    const bool unary = op >= LaneOp::square_root && op <= LaneOp::truncate;
    const int32_t i = unary ? m_.op(op, dtype, {x(dtype)}) : m_.op(op, dtype, {x(dtype), x(dtype)});
    made(m_.unit().program[i].result(), i);
  }
  template <class X>
  void add_call(Dtype dtype, X&& x) {
    if (dtype == Dtype::boolean) return made(dtype, m_.call("is_nan", floats(), dtype, x(floats())));
    if (dtype == floats()) return made(dtype, m_.call("sin", dtype, dtype, x(dtype)));
    made(dtype, m_.call("cast", Dtype::boolean, dtype, x(Dtype::boolean)));
  }
  void made(Dtype dtype, int32_t i) {
    of(dtype).push_back(i);
    made_.push_back(i);
  }
  // At times in the memory of an operand that no later instruction reads.
  void add_result(int32_t i) {
    if (below(3) == 0)
      for (const Unit::Value& v : m_.unit().inputs)
        if (!v.memory.one &&
            size_of(m_.unit().program[v.instruction].dtype) == size_of(m_.unit().program[i].result()) &&
            last_read(v.instruction) <= i && replaced_.insert(v.instruction).second)
          return void(m_.result(i, v.memory));
    below(4) == 0 ? m_.result_in_tile(i) : m_.result(i);
  }
  int32_t last_read(int32_t input) const {
    int32_t last = -1;
    const auto& code = m_.unit().program.code();
    for (std::size_t k = 0; k < code.size(); ++k)
      if (std::ranges::find(code[k].in, input) != code[k].in.end()) last = static_cast<int32_t>(k);
    return last;
  }

  std::mt19937_64 random_;
  const bool wide_, straight_;
  Maker m_;
  std::array<std::vector<int32_t>, kDtypeSlots> by_dtype_;
  std::vector<int32_t> made_;
  std::set<int32_t> replaced_;
};

TEST(Units, MadeAtRandom) {
  if (!is_available()) GTEST_SKIP() << "no native code here";
  const char* asked = std::getenv("GRADTAPE_TEST_UNITS");  // how many, for a longer search
  const uint64_t units = asked ? std::stoull(asked) : 1500;
  for (uint64_t seed = 1; seed <= units; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const RandomUnit random(seed);
    UnitTest test(random.unit(), seed);
    for (std::size_t n : random.sizes()) {
      test.check(n);
      if (HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace gradtape::core::jit
