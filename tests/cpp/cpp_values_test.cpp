// The C++ face of values: making, reading, printing, parts, operators; numbers wherever tensors go.
#include <gtest/gtest.h>

#include <array>
#include <span>
#include <sstream>

#include "gradtape/gradtape.hpp"

namespace gradtape {
namespace {

std::string printed(const Tensor& x) {
  std::ostringstream out;
  out << x;
  return out.str();
}
using Doubles = std::vector<double>;
struct CppValues : testing::Test {
  Context ctx;
  Tensor x = ctx.tensor({{1, 2, 3}, {4, 5, 6}});
  static Doubles all(const Tensor& t) { return cast(t, Dtype::float64).to_vector<double>(); }
  template <class F>
  std::string error(F&& f) {
    try {
      f();
    } catch (const Error& e) {
      return e.what();
    }
    return "no error";
  }
};

TEST_F(CppValues, MadeFromBracesRangesAndNumbers) {
  EXPECT_EQ(x.shape(), (Shape{2, 3}));
  EXPECT_EQ(x.dtype(), Dtype::float64);
  EXPECT_EQ(ctx.tensor<float>({{{1}, {2}}}).shape(), (Shape{1, 2, 1}));
  EXPECT_EQ(ctx.tensor<std::int32_t>({7, 8}).to_vector<std::int32_t>(), (std::vector<std::int32_t>{7, 8}));
  EXPECT_EQ(ctx.tensor<bool>({true, false}).to_vector<bool>(), (std::vector<bool>{true, false}));
  EXPECT_THROW(ctx.tensor({{1, 2}, {3}}), Error);
  EXPECT_EQ(ctx.tensor({{}, {}}).shape(), (Shape{2, 0}));
  const std::array<float, 3> a{1, 2, 3};
  const std::vector<std::int64_t> v{4, 5};
  const double c[] = {1, 2};
  EXPECT_EQ(ctx.tensor(a).dtype(), Dtype::float32);
  EXPECT_EQ(ctx.tensor(v).to_vector<std::int64_t>(), v);
  EXPECT_EQ(ctx.tensor({2, 1}, c).shape(), (Shape{2, 1}));
  EXPECT_EQ(ctx.tensor(std::span(a).first(2)).size(), 2u);
  EXPECT_EQ(ctx.tensor({2}, std::vector<bool>{true, false}).to_vector<bool>(), (std::vector<bool>{true, false}));
  EXPECT_EQ(all(zeros(ctx, {2}, Dtype::int32)), (Doubles{0, 0}));
  EXPECT_EQ(all(ones(ctx, {2}, Dtype::float32)), (Doubles{1, 1}));
  EXPECT_EQ(all(full(ctx, {2, 1}, 2.5)), (Doubles{2.5, 2.5}));
  EXPECT_EQ(ctx.zeros({}).rank(), 0u);
  EXPECT_EQ(ctx.zeros({0, 3}).size(), 0u);
  EXPECT_EQ(arange(ctx, 3).dtype(), Dtype::int32);
  EXPECT_EQ(all(arange(ctx, 1, 2.0, 0.5)), (Doubles{1, 1.5}));
  EXPECT_EQ(all(eye(ctx, 2)), (Doubles{1, 0, 0, 1}));
}
TEST_F(CppValues, BorrowedMemoryIsNotCopied) {
  std::vector<double> values{1, 2};
  int done = 0;
  {
    const Tensor b = ctx.borrow({2}, values, [&] { ++done; });
    EXPECT_EQ(b.data<double>().data(), values.data());
  }
  ctx.zeros({1});  // callbacks that free run at the next call
  EXPECT_EQ(done, 1);
  const double* where = values.data();
  const Tensor owned = ctx.borrow({2}, std::move(values));
  EXPECT_EQ(owned.data<double>().data(), where) << "given away, kept by the tensor";
  Tensor back = ctx.from_dlpack(to_dlpack(owned));
  EXPECT_EQ(back.data<double>().data(), where);
}
// A number of one type never gives another's bits.
TEST_F(CppValues, TypesAreCheckedOrConverted) {
  const Tensor i = argmax(reshape(x, {6}));
  EXPECT_EQ(i.item(), 5);
  EXPECT_EQ(i.item<int>(), 5);
  EXPECT_EQ(i.item<float>(), 5);
  EXPECT_EQ(i.item<std::uint8_t>(), 5);
  EXPECT_THROW(i.item<bool>(), Error);
  EXPECT_EQ(ctx.tensor({2.5}).item<float>(), 2.5f);
  EXPECT_NE(error([&] { ctx.tensor({2.5}).item<int>(); }).find("item: the number 2.5"), std::string::npos);
  EXPECT_THROW(ctx.tensor({1e300}).item<std::int64_t>(), Error);
  EXPECT_THROW(ctx.tensor({-1.0}).item<unsigned>(), Error);
  EXPECT_THROW(ctx.tensor({NAN}).item<int>(), Error);
  const std::int64_t big = (std::int64_t{1} << 60) + 1;
  const Tensor b = ctx.tensor(std::vector<std::int64_t>{big});
  EXPECT_EQ(b.item<std::int64_t>(), big);
  EXPECT_THROW(b.item(), Error) << "no double is this number";
  EXPECT_EQ((b + 0).item<std::int64_t>(), big);
  EXPECT_EQ((b - big).item<std::int64_t>(), 0) << "a number above 2^53 stays whole";
  EXPECT_EQ(error([&] { x.to_vector<std::int64_t>(); }),
            "to_vector: the tensor is float64, not int64; cast it first: cast(x, Dtype::int64)");
  EXPECT_THROW(i.to_vector<float>(), Error);
  EXPECT_THROW(x.data<float>(), Error);
  EXPECT_THROW(x.to_vector<bool>(), Error);
  EXPECT_THROW(x.item(), Error);
  EXPECT_EQ(ctx.scalar(2).to_vector<float>()[0], 2) << "a number without a dtype serves as both";
  EXPECT_EQ(ctx.scalar(2).item(), 2);
  EXPECT_EQ((x > 3).to_vector<std::uint8_t>(), (std::vector<std::uint8_t>{0, 0, 0, 1, 1, 1}));
  double sum = 0;
  const View<double> view = x.data<double>();
  const std::span<const double> span = view;
  for (double d : span) sum += d;
  EXPECT_EQ(sum, 21);
}
TEST_F(CppValues, AxesInEveryForm) {
  EXPECT_EQ(all(reduce_sum(x, {1})), (Doubles{6, 15}));
  EXPECT_EQ(all(reduce_sum(x, {0, 1})), (Doubles{21}));
  EXPECT_EQ(all(reduce_sum(x, {})), (Doubles{21})) << "left out";
  EXPECT_EQ(all(reduce_sum(x, 1)), (Doubles{6, 15}));
  EXPECT_EQ(all(reduce_sum(x, -1, true)), (Doubles{6, 15}));
  EXPECT_EQ(reduce_sum(x, Ints{}).shape(), (Shape{2, 3})) << "no axis";
  EXPECT_EQ(reduce_sum(x, {.axis = 0, .keepdims = true}).shape(), (Shape{1, 3}));
  EXPECT_EQ(transpose(x, {1, 0}).shape(), (Shape{3, 2}));
  EXPECT_EQ(squeeze(x(NewAxis), {0}).shape(), (Shape{2, 3}));
  EXPECT_EQ(reshape(x, {-1}).shape(), (Shape{6}));
  EXPECT_EQ(reshape(x, 6).shape(), (Shape{6}));
  EXPECT_EQ(reshape(x(0, 0), {}).rank(), 0u) << "a required list may be empty";
  EXPECT_EQ(reshape(x, x.shape()).shape(), (Shape{2, 3}));
  const std::size_t n = 6;
  EXPECT_EQ(reshape(x, {n, 1}).shape(), (Shape{6, 1}));
  EXPECT_EQ(reduce_sum(x, std::vector<int>{0}).shape(), (Shape{3}));
  EXPECT_EQ(reduce_sum(x, std::array<int, 2>{0, 1}).rank(), 0u);
  EXPECT_EQ(pad(x, {{1, 1}, {0, 0}}).shape(), (Shape{4, 3}));
  EXPECT_EQ(pad(x, {1, 1, 0, 0}).shape(), (Shape{4, 3}));
}
TEST_F(CppValues, NumbersServeAsTensors) {
  EXPECT_EQ(all(pow(x, 2)), (Doubles{1, 4, 9, 16, 25, 36}));
  EXPECT_EQ(all(pow(2, x))[5], 64);
  EXPECT_EQ(all(maximum(x, 2.5)), (Doubles{2.5, 2.5, 3, 4, 5, 6}));
  EXPECT_EQ(all(where(x > 3, x, 0.0)), (Doubles{0, 0, 0, 4, 5, 6}));
  EXPECT_EQ(all(where(x > 3, 1, 0)), (Doubles{0, 0, 0, 1, 1, 1}));
  EXPECT_EQ(all(2 / x)[3], 0.5);
  EXPECT_EQ(all(gather(x, 1)), (Doubles{4, 5, 6}));
  EXPECT_EQ(cast(x, Dtype::float32).dtype(), (cast(x, Dtype::float32) * 2).dtype());
  EXPECT_THROW(maximum(1, 2), Error) << "no tensor says where";
  const Tensor i = arange(ctx, 4);
  EXPECT_EQ((i * 2).dtype(), Dtype::int32);
  EXPECT_THROW(i * 2.5, Error);
  EXPECT_EQ(all(logical_and(x > 1, true)), (Doubles{0, 1, 1, 1, 1, 1}));
}
TEST_F(CppValues, OperatorsCompareAndUpdate) {
  Tensor y = x;
  y += 1;
  y *= x;
  y -= x;
  y /= 2.0;
  EXPECT_EQ(all(y), (Doubles{0.5, 2, 4.5, 8, 12.5, 18}));
  EXPECT_EQ(all(x), (Doubles{1, 2, 3, 4, 5, 6})) << "values do not change";
  EXPECT_EQ(all(x == 3), (Doubles{0, 0, 1, 0, 0, 0}));
  EXPECT_EQ(all(x != x), (Doubles{0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(all((x >= 2) & (x <= 5)), (Doubles{0, 1, 1, 1, 1, 0}));
  EXPECT_EQ(all(~(x < 2) ^ (x > 5)), (Doubles{0, 1, 1, 1, 1, 0}));
  EXPECT_EQ(all(x % 2), (Doubles{1, 0, 1, 0, 1, 0}));
}
TEST_F(CppValues, ConditionsAreValues) {
  const Tensor a = ctx.scalar(1), b = ctx.scalar(2);
  EXPECT_FALSE(bool(greater(a, b)));
  EXPECT_TRUE(bool(a < b));
  EXPECT_FALSE(bool(reduce_any(greater(a, b))));
  EXPECT_TRUE(!(a > b) && b > a);
  EXPECT_EQ(error([&] { static_cast<void>(bool(a)); }),
            "a condition must be bool, got float64; compare it, or ask has_value()");
  EXPECT_THROW(static_cast<void>(bool(x > 1)), Error) << "of many elements there is no one value";
  EXPECT_NE(error([&] { static_cast<void>(bool(Tensor())); }).find("empty Tensor"), std::string::npos);
  EXPECT_FALSE(Tensor().has_value());
}
TEST_F(CppValues, Parts) {
  EXPECT_EQ(all(x[0]), (Doubles{1, 2, 3}));
  EXPECT_EQ(all(x[-1]), (Doubles{4, 5, 6}));
  EXPECT_EQ(x(1, 2).item(), 6);
  EXPECT_EQ(all(x(All, Slice(1, 3))), (Doubles{2, 3, 5, 6}));
  EXPECT_EQ(all(x(Ellipsis, 0)), (Doubles{1, 4}));
  EXPECT_EQ(all(x(All, -1)), (Doubles{3, 6}));
  EXPECT_EQ(x(NewAxis).shape(), (Shape{1, 2, 3}));
  EXPECT_EQ(x(All, NewAxis, 1).shape(), (Shape{2, 1}));
  EXPECT_EQ(x(NewAxis, Ellipsis, NewAxis).shape(), (Shape{1, 2, 3, 1}));
  EXPECT_EQ(all(x(0, Slice(None, None, -1))), (Doubles{3, 2, 1}));
  EXPECT_EQ(all(x(0, Slice(None, None, 2))), (Doubles{1, 3}));
  EXPECT_EQ(all(x(0, Slice(-1, None, -2))), (Doubles{3, 1}));
  EXPECT_EQ(all(x(0, Slice(-2))), (Doubles{2, 3}));
  EXPECT_EQ(all(x(0, Slice(1, 100))), (Doubles{2, 3})) << "ends beyond the axis";
  EXPECT_EQ(x(All, Slice(2, 1)).shape(), (Shape{2, 0}));
  EXPECT_EQ(x(All, Slice(5, 9)).shape(), (Shape{2, 0}));
  EXPECT_EQ(ctx.zeros({0})(Slice(None, None, -1)).shape(), (Shape{0}));
  EXPECT_EQ(all(x[ctx.tensor<std::int32_t>({1, 0, 1})](All, 0)), (Doubles{4, 1, 4})) << "rows by number";
  EXPECT_EQ(all(x[x > 4]), (Doubles{5, 6})) << "elements by mark";
  EXPECT_EQ(error([&] { x[2]; }), "index 2 is outside axis 0 of size 2");
  EXPECT_THROW(x(0, 0, 0), Error);
  EXPECT_THROW(x(Ellipsis, Ellipsis), Error);
  EXPECT_THROW(x(Slice(0, 1, 0)), Error);
  EXPECT_THROW(ctx.scalar(1)[0], Error);
  Tape t(ctx);
  t.watch(x);
  EXPECT_EQ(all(t.gradient(x(1, Slice(1, 3)) * x(0, 0), x)), (Doubles{11, 0, 0, 0, 1, 1}));
}
TEST_F(CppValues, PrintAsNumPyDoes) {
  EXPECT_EQ(printed(x), "[[1. 2. 3.]\n [4. 5. 6.]]");
  EXPECT_EQ(printed(x / 3), "[[0.33333333 0.66666667 1.        ]\n [1.33333333 1.66666667 2.        ]]");
  EXPECT_EQ(printed(ctx.tensor({1, 2.25, -3})), "[ 1.    2.25 -3.  ]");
  EXPECT_EQ(printed(ctx.tensor<float>({0.1f, 0.2f})), "[0.1 0.2]");
  EXPECT_EQ(printed(ctx.tensor({1e-10, 1.0})), "[1.e-10 1.e+00]");
  EXPECT_EQ(printed(ctx.tensor({NAN, INFINITY, -1.5})), "[ nan  inf -1.5]");
  EXPECT_EQ(printed(arange(ctx, 8, 12)), "[ 8  9 10 11]");
  EXPECT_EQ(printed(x > 3), "[[False False False]\n [ True  True  True]]");
  EXPECT_EQ(printed(ctx.scalar(3)), "3.0");
  EXPECT_EQ(printed(ctx.zeros({0})), "[]");
  EXPECT_EQ(printed(reshape(arange(ctx, 8), {2, 2, 2})), "[[[0 1]\n  [2 3]]\n\n [[4 5]\n  [6 7]]]");
  EXPECT_EQ(printed(arange(ctx, 1001)), "[   0    1    2 ...  998  999 1000]");
  EXPECT_EQ(printed(Tensor()), "an empty Tensor");
}
TEST_F(CppValues, VariablesAreAssigned) {
  Variable v(ctx.tensor({1, 2})), w(ctx.tensor({3, 4}));
  const Variable same = v;
  v = w;
  EXPECT_EQ(all(same), (Doubles{3, 4})) << "= assigns: every name of the variable sees it";
  w = ctx.tensor({5, 6});
  EXPECT_EQ(all(v), (Doubles{3, 4}));
  v = 1;
  v += 0.5;
  v *= 4;
  v -= ctx.tensor({1, 2});
  EXPECT_EQ(all(same), (Doubles{5, 4}));
  const Tensor before = v.value();
  v = Variable(ctx.tensor({0, 0}));
  EXPECT_EQ(all(same), (Doubles{0, 0}));
  EXPECT_EQ(all(before), (Doubles{5, 4})) << "value() is what it was then";
  EXPECT_THROW(v = ctx.tensor({1, 2, 3}), Error);
  swap(v, w);
  EXPECT_EQ(all(v), (Doubles{5, 6}));
  EXPECT_EQ(all(same), (Doubles{0, 0})) << "swap exchanges names";
  const Variable moved = std::move(v);
  EXPECT_FALSE(v.has_value());  // NOLINT: moved-from is empty
}
static_assert(!std::is_assignable_v<Tensor&&, Tensor>, "x[0] = y would change nothing");
static_assert(!std::is_copy_constructible_v<Context> && std::is_move_constructible_v<Context>);

TEST_F(CppValues, VersionsAreThoseOfTheHeader) {
  EXPECT_EQ(version(), std::to_string(GT_VERSION_MAJOR) + "." + std::to_string(GT_VERSION_MINOR) + "." +
                           std::to_string(GT_VERSION_PATCH));
  EXPECT_EQ(abi_version(), GT_ABI_VERSION);
}

// Each counter is that of gt_memory_stats.
TEST_F(CppValues, MemoryHasEachCounter) {
  const Memory before = ctx.memory();
  ctx.limit_memory(1 << 30);
  {
    const Tensor big = ctx.zeros({1000}), y = sin(big) + big;
    all(y);
    gt_memory_info c{};
    c.struct_size = sizeof c;
    ASSERT_EQ(gt_memory_stats(ctx.get(), &c), GT_OK);
    const Memory m = ctx.memory();
    EXPECT_EQ((std::vector{m.live, m.cached, m.peak, m.limit, m.plans, m.graph, m.nodes, m.handles}),
              (std::vector{c.live, c.cached, c.peak, c.limit, c.plans, c.graph, c.nodes, c.handles}));
    EXPECT_EQ(sizeof(Memory) + sizeof c.struct_size, sizeof c) << "no counter is missing";
    EXPECT_EQ(m.handles, before.handles + 2);
    EXPECT_EQ(m.limit, std::uint64_t{1} << 30);
    EXPECT_GT(m.live, before.live);
    EXPECT_GE(m.peak, m.live);
    EXPECT_GT(m.plans, before.plans);
    EXPECT_GT(m.graph, before.graph);
    EXPECT_GT(m.nodes, before.nodes);
  }
  EXPECT_EQ(ctx.memory().handles, before.handles);
  EXPECT_EQ(ctx.memory().nodes, before.nodes);
}

TEST_F(CppValues, TheRestOfTheInterface) {
  Context moved = std::move(ctx);
  EXPECT_EQ(all(x + 1)[0], 2) << "objects outlive the move of their context";
  EXPECT_GT(moved.memory().peak, 0u);
  moved.limit_memory(1 << 30);
  EXPECT_EQ(moved.memory().limit, std::uint64_t{1} << 30);
  moved.trim_memory();
  EXPECT_EQ(moved.memory().cached, 0u);
  EXPECT_NE(moved.graph({x + 1}).find("add"), std::string::npos);
  EXPECT_NE(moved.plan({x + 1}).find("loop"), std::string::npos);
  EXPECT_NE(describe_op("sin").find("\"name\": \"sin\""), std::string::npos);
  EXPECT_THROW(describe_op("nothing"), Error);
  Tensor kept, lost;
  {
    Scope scope(moved);
    kept = x + 1;
    lost = x + 2;
    scope.end(kept);
  }
  EXPECT_EQ(all(kept)[0], 2);
  EXPECT_THROW(lost.item(), Error);
  ctx = std::move(moved);
}

}  // namespace
}  // namespace gradtape
