// "On failure outputs are NULL or 0, and all that the caller had stays as it was." The test calls each function of a
// header with each argument wrong in every way, and with each of its allocations failing. A function without a row
// fails the test.
#include <numeric>
#include <set>

#include "header_call.hpp"
#include "support/declared.hpp"

namespace test {

gt_status Surroundings::count_body(gt_context c, void* data, const gt_tensor* in, size_t n_in, gt_tensor* out, size_t,
                                   size_t* n) {
  if (n_in == 0) return GT_INVALID_ARGUMENT;
  const auto& s = *static_cast<const Surroundings*>(data);
  out[0] = gt_square(c, in[0]);
  *n = 1;
  const gt_status status = s.variable ? gt_assign(c, s.variable, out[0]) : GT_OK;
  return out[0] ? status : GT_OUT_OF_MEMORY;
}

Surroundings::Surroundings() {
  static int count = 0;
  name = "header_op_" + std::to_string(++count);
  rule = "header_rule_" + std::to_string(count);
  EXPECT_EQ(gt_context_create(&ctx), GT_OK);
  EXPECT_EQ(gt_context_create(&foreign), GT_OK);
  elsewhere = vector(foreign);
  tape_elsewhere = gt_tape_begin(foreign, 0);
  const gt_spec fixed_spec = floats(kLength), open_spec = floats(-1);
  variable = nullptr;
  function_elsewhere = gt_function_create(foreign, count_body, this, nullptr, &fixed_spec, 1);
  open = gt_function_create(ctx, count_body, this, nullptr, &open_spec, 1);

  x = vector(ctx);
  matrix = tensor<float>(ctx, {8, 5}, std::vector<float>(kLength, 0.25f));
  gt_tensor known = gt_variable(ctx, x);
  unread = gt_variable(ctx, x);
  stale = vector(ctx);
  gt_release(ctx, stale);
  stale_tape = gt_tape_begin(ctx, 0);
  gt_release(ctx, stale_tape);
  stale_function = gt_function_create(ctx, count_body, this, nullptr, &fixed_spec, 1);
  gt_release(ctx, stale_function);

  std::vector<int64_t> each(kLength + 1);
  std::iota(each.begin(), each.end(), int64_t{0});
  const auto diagonal_in = [&](gt_context c) {
    return gt_sparsity_create(c, kLength, kLength, each.data(), each.data(), GT_SPARSITY_TRUSTED);
  };
  diagonal = diagonal_in(ctx), stale_sparsity = diagonal_in(ctx), sparsity_elsewhere = diagonal_in(foreign);
  gt_release(ctx, stale_sparsity);

  persistent = gt_tape_begin(ctx, GT_TAPE_PERSISTENT);
  once = gt_tape_begin(ctx, 0);
  paused = gt_tape_begin(ctx, 0);
  for (gt_tape t : {persistent, once, paused}) {
    gt_tape_watch(ctx, t, x);
    gt_tape_watch(ctx, t, matrix);
  }
  gt_tape_stop_recording(ctx, paused);
  variable = known;
  y = gt_multiply(ctx, gt_tanh(ctx, x), variable);
  square = gt_square(ctx, matrix);
  sine = gt_sin(ctx, x);
  fixed = gt_function_create(ctx, count_body, this, nullptr, &fixed_spec, 1);
  const gt_tensor all[] = {y, square, variable, unread};
  EXPECT_EQ(gt_eval(ctx, all, 4), GT_OK);
  EXPECT_EQ(gt_scope_begin(ctx), GT_OK);
  EXPECT_EQ(gt_random_seed(ctx, 11), GT_OK);
  ops = gt_op_count();
  handles = live_handles();
  EXPECT_EQ(gt_take_error(ctx, nullptr, 0, nullptr), GT_OK);
}

Surroundings::~Surroundings() {
  if (!gone) {
    EXPECT_EQ(gt_context_destroy(ctx), GT_OK);
  }
  EXPECT_EQ(gt_context_destroy(foreign), GT_OK);
}

void Surroundings::expect_unchanged() {
  gt_take_error(ctx, nullptr, 0, nullptr);
  EXPECT_EQ(gt_op_count(), ops);
  EXPECT_EQ(live_handles(), handles);
  const std::vector<float> first = read<float>(ctx, x);
  EXPECT_EQ(read<float>(ctx, variable), first) << "the variable";
  EXPECT_EQ(read<float>(ctx, unread), first);
  for (gt_tape t : {persistent, once, paused}) {
    size_t n = 0;
    EXPECT_EQ(gt_tape_watched_variables(ctx, t, nullptr, 0, &n), GT_OK);
    EXPECT_EQ(n, t == paused ? 0u : 1u) << "a variable more is watched, or less";
  }
  for (gt_tape t : {persistent, once}) {  // they record, and have recorded
    EXPECT_EQ(gt_tape_stop_recording(ctx, t), GT_OK);
    EXPECT_EQ(gt_tape_resume_recording(ctx, t), GT_OK);
  }
  EXPECT_EQ(gt_tape_resume_recording(ctx, paused), GT_OK);
  EXPECT_EQ(gt_tape_stop_recording(ctx, paused), GT_OK);
  const int64_t one = 1;
  gt_tensor drawn = gt_random_uniform(ctx, &one, 1, GT_FLOAT64, 0, 1, GT_DEFAULT_INT, GT_DEFAULT_INT);
  EXPECT_EQ(gt_random_seed(ctx, 11), GT_OK);
  gt_tensor again = gt_random_uniform(ctx, &one, 1, GT_FLOAT64, 0, 1, GT_DEFAULT_INT, GT_DEFAULT_INT);
  EXPECT_EQ(read<double>(ctx, drawn), read<double>(ctx, again)) << "numbers were drawn";
  EXPECT_EQ(gt_random_seed(ctx, 11), GT_OK);
  gt_release(ctx, drawn);
  gt_release(ctx, again);
  EXPECT_EQ(gt_scope_begin(ctx), GT_OK);
  EXPECT_EQ(gt_scope_end(ctx, nullptr, 0), GT_OK);
  EXPECT_EQ(gt_take_error(ctx, nullptr, 0, nullptr), GT_OK);
}

namespace {

TEST(Header, EveryFunctionHasARow) {
  std::set<std::string> covered;
  for (const Row& row : rows()) covered.insert(row.function);
  EXPECT_EQ(covered, declared_functions(header()));
  EXPECT_FALSE(covered.empty());
}

// The call fails as it should: nothing is given, nothing has changed, and made rightly it works afterwards.
void expect_whole(const Row& row, Surroundings& s, const Call& failed, gt_status status) {
  EXPECT_GT(status, GT_OK);
  EXPECT_LE(status, GT_CANCELLED);
  EXPECT_NE(status, GT_INTERNAL);
  failed.expect_cleared();
  ASSERT_FALSE(s.gone);
  s.expect_unchanged();
  EXPECT_LE(s.freed, 1);
  if (s.freed == 1) s.freed = 0;
  Call right(s);
  EXPECT_EQ(row.call(s, right), GT_OK) << "the right call after it";
}

class HeaderFunction : public testing::TestWithParam<std::size_t> {};

TEST_P(HeaderFunction, WithOneWrongArgument) {
  const Row& row = rows()[GetParam()];
  SCOPED_TRACE(row.function);
  std::vector<int> choices;
  {
    Surroundings s;
    Call right(s);
    ASSERT_EQ(row.call(s, right), GT_OK);
    EXPECT_EQ(s.freed, 0);
    choices = right.choices();
  }
  for (int argument = 0; argument < static_cast<int>(choices.size()); ++argument)
    for (int how = 0; how < choices[static_cast<size_t>(argument)]; ++how) {
      SCOPED_TRACE("argument " + std::to_string(argument) + ", wrong value " + std::to_string(how));
      Surroundings s;
      Call call(s, argument, how);
      const gt_status status = row.call(s, call);
      if (status != GT_OK) expect_whole(row, s, call, status);
    }
}

TEST_P(HeaderFunction, WithEachAllocationFailing) {
  const Row& row = rows()[GetParam()];
  SCOPED_TRACE(row.function);
  for (long n = 0;; ++n) {
    ASSERT_LT(n, 20000) << "it never passes";
    SCOPED_TRACE("allocation " + std::to_string(n));
    Surroundings s;
    Call call(s);
    call.failing = n;
    const gt_status status = row.call(s, call);
    call.end();
    const bool none_failed = !allocation_failed();
    if (status != GT_OK) {
      EXPECT_EQ(status, GT_OUT_OF_MEMORY);
      EXPECT_FALSE(none_failed);
      expect_whole(row, s, call, status);
    }
    if (none_failed || testing::Test::HasFailure()) break;
  }
}

INSTANTIATE_TEST_SUITE_P(All, HeaderFunction, testing::Range<std::size_t>(0, rows().size()),
                         [](const auto& info) { return std::string(rows()[info.param].function); });

}  // namespace
}  // namespace test

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const auto rule = [](gt_context c, void*, const gt_call*, const gt_tensor* dy, gt_tensor* dx) -> gt_status {
    dx[0] = gt_identity(c, dy[0]);
    return dx[0] ? GT_OK : GT_OUT_OF_MEMORY;
  };
  if (gt_register_gradient("header_rule", rule, nullptr, nullptr) != GT_OK) return 1;
  return RUN_ALL_TESTS();
}
