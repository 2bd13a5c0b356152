// Random tensors. A draw is a function of a key (the context's seed) and a counter (how many draws came before). A draw
// whose key and counter are attributes can be repeated. Both travel as an input, so that a step that draws anew has the
// same plan as the one before. The states of a batch, [..., 2], each draw a tensor of their own.
#include <cmath>

#include "kernels/kernels.hpp"
#include "ops/define.hpp"

namespace gradtape::core {

namespace {
// Integers in [minval, maxval), which the attributes hold exactly.
void check_integers(Inference& c, Dtype dtype) {
  const double low = std::get<double>(c.attr("minval")), high = std::get<double>(c.attr("maxval"));
  const double most = dtype == Dtype::int32 ? 0x1p31 : 0x1p53;
  if (!(low == std::floor(low) && high == std::floor(high) && low >= -most && high <= most && low < high))
    invalid("{}: of {} minval must be below maxval, both integers in [{}, {}], got {} and {}", c.name(), name_of(dtype),
            -most, most, low, high);
}
void infer_random(Inference& c) {
  const Dtype dtype = std::get<Dtype>(c.attr("dtype"));
  const bool uniform = c.op().attrs[2].name == "minval";
  if (is_integer(dtype) && uniform)
    check_integers(c, dtype);
  else if (!is_floating(dtype))
    invalid("{}: dtype must be float32 or float64{}, got {}", c.name(), uniform ? ", int32 or int64" : "",
            name_of(dtype));
  Shape shape;
  for (std::size_t k = 0; c.size() > 0 && k + 1 < c.rank(); ++k) shape.push_back(c.shape()[k]);
  for (int64_t d : c.ints("shape")) shape.push_back(d);
  check_bytes(c.name(), shape, size_of(dtype));
  c.out(dtype, shape);
}

OpBuilder distribution(Registry& r, std::string_view name, const char* doc, const char* first, double a,
                       const char* second, double b) {
  OpBuilder d(r, name, doc);
  d.required("shape", kAttrInts)
      .attr("dtype", kAttrDtype, Dtype::float32)
      .attr(first, kAttrFloat, a)
      .attr(second, kAttrFloat, b);
  d.infer(infer_random).none("it depends on no tensor");
  return d;
}

// The offered op draws the state; the internal one computes the numbers from it.
void random(Registry& r, const char* name, OpName numbers, const char* doc, const char* first, double a,
            const char* second, double b, Kernel kernel) {
  distribution(r, numbers.name(), doc, first, a, second, b)
      .internal()
      .inputs({{"state", InputKind::integer}})
      .kernel(std::move(kernel))
      .batch([](const BatchCall& b) { return reapply_all(b.call, b.in); });
  distribution(r, name, doc, first, a, second, b)
      .attr("key", kAttrInt)
      .attr("counter", kAttrInt)
      .composite([numbers, first, second](const Call& c) {
        Recorder& recorder = c.recorder();
        Tensor state;
        if (c.has("key") || c.has("counter")) {
          const bool both = c.has("key") && c.has("counter");
          const auto next = both ? std::array<int64_t, 2>{} : recorder.next_random();
          const int64_t given[] = {c.has("key") ? c.integer("key") : next[0],
                                   c.has("counter") ? c.integer("counter") : next[1]};
          state = constant_ints(recorder, given);
        } else {
          state = recorder.random_state();
        }
        return numbers(state, c.attr("shape"), c.attr("dtype"), c.attr(first), c.attr(second));
      })
      .sample("", R"({"shape": [3, 4], "dtype": "float64"})");
}
}  // namespace

void define_random(Registry& r) {
  random(r, "random_uniform", op<"philox_uniform">,
         "Independent uniform numbers in [minval, maxval), floats or integers.", "minval", 0, "maxval", 1,
         kernels::random_uniform);
  random(r, "random_normal", op<"philox_normal">,
         "Independent normal numbers of the given mean and standard deviation.", "mean", 0, "stddev", 1,
         kernels::random_normal);
  // A state for each number, so that the steps of a loop and the samples of a batch draw apart.
  OpBuilder(r, "philox_fold", "The state of a draw of its own for each number, from one state.")
      .internal()
      .inputs({{"state", InputKind::integer}, {"numbers", InputKind::integer}})
      .infer([](Inference& c) {
        Shape shape;
        for (std::size_t k = 0; k + 1 < c.rank(0); ++k) shape.push_back(c.shape(0)[k]);
        for (int64_t d : c.shape(1)) shape.push_back(d);
        shape.push_back(2);
        c.out(Dtype::int64, shape);
      })
      .kernel(kernels::random_fold)
      .batch([](const BatchCall& b) { return b.batched[1] ? Tensors() : reapply_all(b.call, b.in); })
      .none("it depends on no floating tensor");
}

}  // namespace gradtape::core
