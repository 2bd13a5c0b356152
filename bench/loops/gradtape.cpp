// The programs by gradtape: a function of values and gradients, recorded once and run on memory.
#include "gradtape/gradtape.hpp"

#include <memory>

#include "lotka_volterra.hpp"
#include "programs.hpp"

namespace bench::loops {
namespace {

using namespace gradtape;
using Tensors = std::vector<Tensor>;

// A way whose inputs and outputs lie one behind the other.
Way replayed(const char* name, const std::vector<Shape>& inputs, const Forward& body) {
  auto ctx = std::make_shared<Context>();
  gt_set_threads(ctx->get(), 1);
  std::vector<Spec> specs;
  for (const Shape& s : inputs) specs.push_back({Dtype::float64, s});
  auto f = std::make_shared<Function>(*ctx, specs, body);
  const auto counts = [](const auto& all, auto&& shape_of) {
    std::vector<std::size_t> n;
    for (const auto& each : all) {
      n.push_back(1);
      for (auto d : shape_of(each)) n.back() *= static_cast<std::size_t>(d);
    }
    return n;
  };
  std::vector<gt_spec> out_specs(16);
  std::size_t n = 0;
  if (gt_function_output_specs(ctx->get(), f->get(), nullptr, specs.size(), out_specs.data(), 16, &n) != GT_OK)
    throw std::runtime_error("a function without specs");
  out_specs.resize(n);
  const auto in_counts = counts(inputs, [](const Shape& s) { return s; });
  const auto out_counts =
      counts(out_specs, [](const gt_spec& s) { return std::vector<std::int64_t>(s.dims, s.dims + s.rank); });
  f->compile();
  return {name, [=](const double* in, double* out) {
            const void* from[8];
            void* to[16];
            for (std::size_t i = 0; i < in_counts.size(); in += in_counts[i++]) from[i] = in;
            for (std::size_t i = 0; i < out_counts.size(); out += out_counts[i++]) to[i] = out;
            detail::check(ctx->get(),
                          gt_function_run(ctx->get(), f->get(), from, in_counts.size(), to, out_counts.size()));
          }};
}

// ---- Lotka and Volterra's equations

// The state is a vector, as in docs/loops.md.
Tensor by_vectors(const Tensor& in, long steps) {
  const Tensor p = in[Slice(2)];
  const auto slope = [&](const Tensor& z) { return stack({z[0] * (p[0] - p[1] * z[1]), z[1] * (p[2] * z[0] - p[3])}); };
  const double h = kStep;
  const auto body = [&](const Tensor& z) {
    const Tensor a = slope(z), b = slope(z + h / 2 * a), c = slope(z + h / 2 * b), d = slope(z + h * c);
    return z + h / 6 * (a + 2 * b + 2 * c + d);
  };
  return reduce_sum(scan(body, in[Slice(0, 2)], {}, {.length = steps}).carried);
}
template <class F>
Way gradient(const Shape& input, F f) {
  return replayed("gradtape", {input}, [f](const Tensors& in) {
    auto [value, g] = value_and_grad(f)(in[0]);
    return Tensors{value, g};
  });
}

// ---- a recurrent network

Tensor network(const Tensor& weights, const Tensor& sequence, long steps) {
  const Tensor main = reshape(weights[Slice(0, kMain)], {kLayers, 2, 4, kWidth}),
               extra = reshape(weights[Slice(kMain)], {3, kWidth});
  const auto body = [&](const Tensors& state, const Tensors& row) {
    Tensors next;
    Tensor x = row[0] * extra[0];
    for (std::size_t l = 0; l < kLayers; ++l) {
      const auto layer = static_cast<std::int64_t>(l);
      const Tensor w = main[layer][0], b = main[layer][1], &hidden = state[2 * l], &cell = state[2 * l + 1];
      const Tensor forget = sigmoid(x * w[0] + b[0]), in = sigmoid(hidden * w[1] + b[1]),
                   out = sigmoid(x * w[2] + b[2]), change = tanh(hidden * w[3] + b[3]);
      const Tensor c = cell * forget + in * change;
      x = out * tanh(c);
      next.push_back(x);
      next.push_back(c);
    }
    next.push_back(x * extra[1] + extra[2]);
    return next;
  };
  const Tensor rows = sequence(Slice(0, -1)), next = sequence(Slice(1));
  const Tensors nothing(2 * kLayers, zeros_like(extra[0]));
  const Tensor said = scan(body, nothing, Tensors{rows}).results[0];
  const Tensor sums = log(reduce_sum(exp(said), {1}) + 2);
  return (reduce_sum(reduce_sum(next, {1}) * sums) - reduce_sum(next * said)) / static_cast<double>(steps * kWidth);
}

// ---- a determinant

Tensor determinant(const Tensors& a, long n, long row, unsigned columns) {
  Tensor sum;
  bool plus = true;
  for (long j = 0; j < n; ++j) {
    if (!(columns >> j & 1)) continue;
    const Tensor& entry = a[static_cast<std::size_t>(row * n + j)];
    const Tensor term = row + 1 == n ? entry : entry * determinant(a, n, row + 1, columns & ~(1u << j));
    sum = !sum.get() ? term : plus ? sum + term : sum - term;
    plus = !plus;
  }
  return sum;
}

// ---- gradients of each example

// The losses of rows x, by weights that all rows share, or by one set of weights for each ([1, ...] or [batch, ...]).
Tensor losses(const Tensor& x, const Tensor& wanted, const Tensor& w0, const Tensor& b0, const Tensor& w1,
              const Tensor& b1) {
  const Tensor y = matmul(tanh(matmul(x, w0) + b0), w1) + b1;
  return -reduce_sum(wanted * log_softmax(y), {-1});
}
const std::vector<Shape> kMlp = {{kIn, kHidden}, {kHidden}, {kHidden, kOut}, {kOut}, {kBatch, kIn}, {kBatch, kOut}};

Tensors by_vmap(const Tensors& in) {
  const auto of_example = [](const Tensors& s) {
    const Tensor x = s[4](NewAxis), wanted = s[5](NewAxis);
    const auto loss = [&](const Tensor& w0, const Tensor& b0, const Tensor& w1, const Tensor& b1) {
      return reduce_sum(losses(x, wanted, w0, b0, w1, b1));
    };
    auto [value, g] = value_and_grad(loss)(s[0], s[1], s[2], s[3]);
    return Tensors{value, g[0], g[1], g[2], g[3]};
  };
  return vmap(of_example, {.in_axes = {-1, -1, -1, -1, 0, 0}})(in);
}
// Each example has weights of its own, all the same.
Tensors by_broadcasts(const Tensors& in) {
  const auto each = [](const Tensor& w, const Shape& shape) { return broadcast_to(w, shape); };
  const auto loss = [&](const Tensor& w0, const Tensor& b0, const Tensor& w1, const Tensor& b1) {
    return losses(in[4](All, NewAxis), in[5](All, NewAxis), w0, b0, w1, b1);
  };
  Tape tape(in[0].context(), GT_TAPE_MANUAL_WATCH);
  const Tensors w = {each(in[0], {kBatch, kIn, kHidden}), each(in[1], {kBatch, 1, kHidden}),
                     each(in[2], {kBatch, kHidden, kOut}), each(in[3], {kBatch, 1, kOut})};
  tape.watch(w);
  const Tensor values = loss(w[0], w[1], w[2], w[3]);
  Tensors g = tape.gradient(values, w);
  g.insert(g.begin(), values);
  return g;
}
Tensors by_jacobian(const Tensors& in) {
  Tape tape(in[0].context(), GT_TAPE_MANUAL_WATCH);
  const Tensors w(in.begin(), in.begin() + 4);
  tape.watch(w);
  const Tensor values = losses(in[4], in[5], w[0], w[1], w[2], w[3]);
  Tensors g = tape.jacobian(values, w);
  g.insert(g.begin(), values);
  return g;
}

}  // namespace

std::vector<Way> by_gradtape(const Case& c) {
  const long n = c.size;
  if (c.program == "lotka_volterra_vectors")
    return {gradient({kOde}, [n](const Tensor& in) { return by_vectors(in, n); })};
  if (c.program.starts_with("lotka_volterra"))
    return {gradient({kOde}, [n, unrolls = c.program == "lotka_volterra_unrolled"](const Tensor& in) {
      return unrolls ? unrolled(in, n) : scanned(in, n);
    })};
  if (c.program == "lstm")
    return {replayed("gradtape", {{kWeights}, {n + 1, kWidth}}, [n](const Tensors& in) {
      const auto loss = [&](const Tensor& w) { return network(w, in[1], n); };
      auto [value, g] = value_and_grad(loss)(in[0]);
      return Tensors{value, g};
    })};
  if (c.program == "minors_unrolled")
    return {gradient({n, n},
                     [n](const Tensor& a) { return determinant(unstack(reshape(a, {n * n})), n, 0, (1u << n) - 1); })};
  return {replayed("gradtape", kMlp, by_vmap), replayed("gradtape, by broadcasts", kMlp, by_broadcasts),
          replayed("gradtape, by jacobian", kMlp, by_jacobian)};
}

}  // namespace bench::loops
