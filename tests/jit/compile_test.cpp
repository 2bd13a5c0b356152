// Loops of each kind, interpreted and compiled: where operands and results lie, which instructions stay interpreted, and
// what lives between units.
#include <pthread.h>

#include <algorithm>

#include "running.hpp"

namespace gradtape::core::jit {
namespace {

using Level = Loop::Level;

class Compile : public testing::Test {
 public:
  void SetUp() override {
    if (!is_available()) GTEST_SKIP() << "no native code here";
  }
  uint32_t chain(uint32_t x, uint32_t y, int length = 6) {
    for (int k = 0; k < length; ++k) x = p_.apply(k % 2 ? "subtract" : "maximum", {x, p_.apply("square", {y})}), y = x;
    return x;
  }
  AttrsPtr axis(const char* op, int64_t axis) { return attributes(op_named(op), {{"axis", Ints{axis}}}); }
  // Compares the plan's results, and returns it compiled.
  Planned& compared(int threads = 1) {
    planned_ = std::make_unique<Planned>(std::move(p_.program), threads);
    planned_->compile();
    EXPECT_TRUE(planned_->is_right()) << plan_as_text(planned_->plan());
    return *planned_;
  }
  // How many instructions of the compiled loops there are for which f holds.
  template <class F>
  int count(F&& f) {
    int n = 0;
    for (const Step& step : planned_->plan().steps)
      if (step.body)
        for (const Loop::Instruction& i : step.body->instructions) n += f(*step.body, i);
    return n;
  }
  int units_of(Level level) {
    return count([&](const Loop&, const Loop::Instruction& i) {
      return i.kind == Loop::Instruction::native && i.level == level;
    });
  }

 protected:
  ProgramByHand p_;
  std::unique_ptr<Planned> planned_;
};

TEST_F(Compile, ShortLoopsStayInterpreted) {
  const uint32_t x = p_.leaf({100});
  p_.want(p_.apply("abs", {p_.apply("square", {x})}));
  EXPECT_EQ(compared().units(), 0);
}
TEST_F(Compile, ACompiledLoopIsFinal) {
  const uint32_t x = p_.leaf({100}), y = p_.leaf({100});
  p_.want(chain(x, y));
  Planned& planned = compared();
  EXPECT_EQ(planned.units(), 1);
  const auto body = planned.plan().steps[0].body;
  planned.compile();
  EXPECT_EQ(planned.plan().steps[0].body, body);
  EXPECT_EQ(compile(*body), nullptr);
}
TEST_F(Compile, OthersBetweenUnitsStayAsTheyAre) {
  const uint32_t x = p_.leaf({7, 300}), y = p_.leaf({7, 300});
  uint32_t a = chain(x, y);
  for (const char* op : {"lgamma", "erf", "erfinv"}) a = chain(p_.apply(op, {a}), x);  // ops without lanes everywhere
  p_.want(a);
  EXPECT_EQ(compared().units(), 4);
}
TEST_F(Compile, MoreOperandsThanAUnitHasAddresses) {
  for (const int operands : {8, 9, 60, 62, 63, 64, 65, 80}) {
    p_ = {};
    std::vector<uint32_t> leaves;
    for (int k = 0; k < operands; ++k) leaves.push_back(p_.leaf({33}));
    uint32_t sum = leaves[0];
    for (std::size_t k = 1; k < leaves.size(); ++k) sum = p_.apply(k % 2 ? "add" : "multiply", {sum, leaves[k]});
    p_.want(sum);
    compared();
  }
}
TEST_F(Compile, RowsAndTheirSumsInOneLoop) {
  for (const auto& [rows, columns] : {std::pair{1, 600}, {9, 3}, {9, 600}, {40, 513}, {3, 5000}}) {
    p_ = {};
    const Shape shape{rows, columns}, one_each{rows, 1};
    const uint32_t x = p_.leaf(shape), y = p_.leaf(shape), r = p_.leaf(one_each);
    const uint32_t sums = p_.apply("reduce_sum", {p_[chain(x, y)]}, one_each, axis("reduce_sum", 1));
    const uint32_t scaled = chain(p_.apply("abs", {sums}), r);
    uint32_t z = p_.apply("multiply", {p_[x], p_.spread(scaled, shape)}, shape);
    z = p_.apply("subtract", {p_[z], p_.spread(sums, shape)}, shape);
    const uint32_t e = p_.apply("sin", {p_.spread(scaled, shape)}, shape);  // reads the rows' values repeated
    for (uint32_t wanted : {chain(z, e), scaled}) p_.want(wanted);
    compared();
    EXPECT_GT(units_of(Level::full), 0);
  }
}
TEST_F(Compile, OperandsThatRepeatAndThatLieApart) {
  for (const auto& [rows, columns] : {std::pair{5, 40}, {5, 700}, {300, 3}}) {
    p_ = {};
    const Shape shape{rows, columns};
    const uint32_t x = p_.leaf(shape), row = p_.leaf({columns}), column = p_.leaf({rows, 1}), number = p_.leaf({}),
                   turned = p_.leaf({columns, rows}), wide = p_.leaf({rows, columns + 9});
    uint32_t z = x;
    for (const Operand& y : {p_.spread(row, shape), p_.spread(column, shape), p_.spread(number, shape),
                             Operand{turned, {shape, {1, rows}, 0}}, Operand{wide, {shape, {columns + 9, 1}, 4}}})
      for (const char* op : {"add", "multiply", "minimum"}) z = p_.apply(op, {p_[z], y}, shape);
    p_.want(z);
    EXPECT_GT(compared().units(), 0);
  }
}
TEST_F(Compile, ResultsPastTheCache) {
  const Shape shape{(int64_t{8} << 20) + 77};  // 32 MiB and more
  const uint32_t x = p_.leaf(shape), y = p_.leaf(shape), first = chain(x, y);
  for (uint32_t wanted : {first, chain(first, y)}) p_.want(wanted);
  EXPECT_GT(compared(2).units(), 0);
  EXPECT_EQ(count([](const Loop&, const Loop::Instruction& i) { return i.kind == Loop::Instruction::stream; }), 2);
}
TEST_F(Compile, ResultsInTheMemoryOfTemporaries) {
  const Shape shape{40, 40};
  uint32_t a = p_.leaf(shape), b = p_.leaf(shape);
  for (int k = 0; k < 4; ++k) {
    const uint32_t product = p_.apply("matmul", {a, b}), other = p_.apply("matmul", {b, a});
    const uint32_t difference = p_.apply("difference", {product, other});
    a = p_.apply("divide", {chain(difference, other), product});
    b = p_.apply("minimum", {p_.apply("softsign", {chain(other, a)}), product});
  }
  for (uint32_t wanted : {a, b}) p_.want(wanted);
  EXPECT_GE(compared().units(), 4);
}

// ---- Single elements

// The answer of f on a thread with 256 KiB of stack.
template <class F>
bool on_small_stack(F&& f) {
  struct State {
    F& f;
    bool answer = false;
  } state{f};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, std::size_t{256} << 10);
  pthread_t thread;
  const auto start = [](void* s) -> void* {
    return static_cast<State*>(s)->answer = static_cast<State*>(s)->f(), nullptr;
  };
  if (pthread_create(&thread, &attributes, start, &state) == 0) pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  return state.answer;
}

class Scalars : public Compile {
 public:
  // Programs of scalars that are read from a vector.
  Operand element(int64_t k) { return {vector_, {Shape{}, {}, k}}; }
  uint32_t apply(const char* op, const std::vector<Operand>& in) { return p_.apply(op, in, Shape{}); }
  int straight_steps() {
    return static_cast<int>(std::ranges::count(planned_->plan().steps, Step::native, &Step::kind));
  }

 protected:
  const uint32_t vector_ = p_.leaf({100});
};
TEST_F(Scalars, BecomeOneStep) {
  uint32_t x = apply("add", {element(1), element(2)});
  for (int k = 0; k < 3000; ++k) {
    x = apply(k % 3 == 0 ? "multiply" : k % 3 == 1 ? "subtract" : "maximum", {p_[x], element(k % 100)});
    if (k % 50 == 0) x = apply("sin", {p_[x]});
    if (k % 500 == 0) p_.want(x);
  }
  p_.want(x);
  compared();
  EXPECT_EQ(straight_steps(), 1);
  EXPECT_EQ(planned_->plan().steps.size(), 1u);
}
TEST_F(Scalars, AroundKernels) {
  uint32_t x = apply("add", {element(1), element(2)});
  std::vector<uint32_t> live;
  for (int round = 0; round < 6; ++round) {
    for (int k = 0; k < 40; ++k) live.push_back(x = apply(k % 2 ? "subtract" : "multiply", {p_[x], element(30 + k)}));
    const uint32_t five = p_.apply("add", {{vector_, {Shape{5}, {1}, round}}, p_.spread(x, {5})}, {5});
    const uint32_t sums = p_.apply("cumsum", {p_[five]}, {5}, attributes(op_named("cumsum"), {{"axis", int64_t{0}}}));
    x = apply("add", {{sums, {Shape{}, {}, 3}}, p_[live[live.size() / 2]]});
  }
  for (uint32_t each : live) x = apply("minimum", {p_[x], p_[each]});
  p_.want(x);
  compared();
  EXPECT_GT(straight_steps(), 3);
}
TEST_F(Scalars, ThatLiveLongStayWithinTheStack) {
  std::vector<uint32_t> live;
  for (int k = 0; k < 80'000; ++k)
    live.push_back(apply(k % 2 ? "add" : "multiply", {live.empty() ? element(20) : p_[live.back()], element(k % 100)}));
  uint32_t sum = live[0];
  for (std::size_t k = live.size(); k-- > 0;) sum = apply("maximum", {p_[live[k]], p_[sum]});
  p_.want(sum);
  planned_ = std::make_unique<Planned>(std::move(p_.program));
  planned_->compile();
  EXPECT_TRUE(on_small_stack([&] { return planned_->is_right(); }));
}

}  // namespace
}  // namespace gradtape::core::jit
