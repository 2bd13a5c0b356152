// A call of each function of solve.h with arguments that can go wrong one by one, for the checks of api/header_test.cpp.
#include <gradtape/solve.h>

#include "api/header_call.hpp"

namespace test {
namespace {

using S = Surroundings;

gt_status only_if(gt_tensor t) { return t ? GT_OK : GT_OUT_OF_MEMORY; }

// x^2 + x - 1
gt_status parabolas(gt_context c, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
  *n = 1;
  gt_tensor squares = gt_square(c, in[0]), one = gt_scalar(c, 1);
  gt_tensor sum = squares ? gt_add(c, squares, in[0]) : nullptr;
  return only_if(out[0] = sum && one ? gt_subtract(c, sum, one) : nullptr);
}
// The sum of (x^2 + x - 1)^2
gt_status valley(gt_context c, void*, const gt_tensor* in, size_t n_in, gt_tensor* out, size_t capacity, size_t* n) {
  if (const gt_status status = parabolas(c, nullptr, in, n_in, out, capacity, n); status != GT_OK) return status;
  gt_tensor squares = gt_square(c, out[0]);
  return only_if(out[0] = squares ? gt_reduce_sum(c, squares, nullptr, 0, 0) : nullptr);
}
gt_status no_output(gt_context, void*, const gt_tensor*, size_t, gt_tensor*, size_t, size_t* n) {
  *n = 0;
  return GT_OK;
}
gt_status fails(gt_context, void*, const gt_tensor*, size_t, gt_tensor*, size_t, size_t*) { return GT_IO; }

void count_call(void* count) { ++*static_cast<int*>(count); }
int32_t goes_on(void*, const gt_solve_progress*) { return 0; }

using Solver = decltype(&gt_minimize);
Row row(const char* name, Solver solver, gt_forward_fn function, int32_t wrong_method) {
  return {name, [=](S& s, Call& c) {
            gt_solve_options o{};
            o.struct_size = c.pick(sizeof o, {0, 7, sizeof o - 1, SIZE_MAX});
            o.method = c.pick<int32_t>(GT_METHOD_AUTO, {-1, 6, wrong_method});
            o.linear_solver = c.pick<int32_t>(GT_LINEAR_AUTO, {-1, 4});
            o.max_iterations = c.pick<int64_t>(20, {-1, INT64_MIN});
            o.tolerance = c.pick<double>(0, {-1, NAN, INFINITY});
            o.damping = c.pick<double>(0, {-1, NAN});
            o.memory = c.pick<int32_t>(0, {-1});
            o.reserved = c.pick<int32_t>(0, {1});
            o.progress = goes_on;
            gt_solve_report r{};
            r.struct_size = c.pick(sizeof r, {0, 7, sizeof r - 1});
            const gt_solve_options* options = c.pick<const gt_solve_options*>(&o, {nullptr});
            gt_solve_report* report = c.pick<gt_solve_report*>(&r, {nullptr});
            const gt_tensor x = c.tensor(s.x);
            const gt_tensor* start = c.pointer(&x);
            const auto n = c.pick<size_t>(1, {0});
            auto* solution = n == 1 ? c.output<gt_tensor>() : c.keep(std::vector<gt_tensor>(1));
            const auto f = c.pick<gt_forward_fn>(function, {nullptr, no_output, fails});
            int freed = 0;
            const gt_status status = solver(c.context(), f, &freed, count_call, start, n, options, solution, report);
            c.end();
            EXPECT_EQ(freed, 1) << "the data of the function ends with the call";
            return status;
          }};
}

}  // namespace

const char* header() { return GRADTAPE_SOURCE "/include/gradtape/solve.h"; }
const std::vector<Row>& rows() {
  static const std::vector<Row> all = {
      {"gt_solve_outcome_name",
       [](S&, Call& c) {
         const auto outcome = c.pick<int32_t>(GT_OUTCOME_STEP, {-1, 0, 99});
         return gt_solve_outcome_name(outcome) ? GT_OK : GT_INTERNAL;
       }},
      row("gt_minimize", gt_minimize, valley, GT_METHOD_GAUSS_NEWTON),
      row("gt_least_squares", gt_least_squares, parabolas, GT_METHOD_LBFGS),
      row("gt_solve_equations", gt_solve_equations, parabolas, GT_METHOD_LEVENBERG_MARQUARDT),
  };
  return all;
}

}  // namespace test
