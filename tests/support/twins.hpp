// Two programs that compute the same: values and derivatives must agree, taken in every way.
#pragma once

#include "support/function_support.hpp"

namespace test {

// A loop's body and the like as lambdas, and the comparison of a program with its twin.
class TwinTest : public FunctionTest {
 public:
  // ---- Loops with lambdas as bodies

  Tensors scan(Body body, const Tensors& initial, const Tensors& sequences, gt_scan_options o = {}) {
    o.struct_size = sizeof o;
    if (o.length == 0) o.length = -1;
    BodyState state{std::move(body)};
    return taken([&](gt_tensor* out, size_t room, size_t* n) {
      return gt_scan(c, run_body, &state, nullptr, initial.data(), initial.size(), sequences.data(), sequences.size(),
                     &o, out, room, n);
    });
  }
  struct Two {
    BodyState first, second;
  };
  static gt_status run_first(gt_context c, void* data, const gt_tensor* in, size_t n, gt_tensor* out, size_t room,
                             size_t* n_out) {
    return run_body(c, &static_cast<Two*>(data)->first, in, n, out, room, n_out);
  }
  static gt_status run_second(gt_context c, void* data, const gt_tensor* in, size_t n, gt_tensor* out, size_t room,
                              size_t* n_out) {
    return run_body(c, &static_cast<Two*>(data)->second, in, n, out, room, n_out);
  }
  Tensors while_loop(Body condition, Body body, const Tensors& initial, gt_while_options o = {}) {
    o.struct_size = sizeof o;
    Two two{{std::move(condition)}, {std::move(body)}};
    return taken([&](gt_tensor* out, size_t room, size_t* n) {
      return gt_while(c, run_first, run_second, &two, nullptr, initial.data(), initial.size(), &o, out, room, n);
    });
  }
  Tensors cond(gt_tensor predicate, Body yes, Body no, const Tensors& inputs) {
    Two two{{std::move(yes)}, {std::move(no)}};
    return taken([&](gt_tensor* out, size_t room, size_t* n) {
      return gt_cond(c, predicate, run_first, run_second, &two, nullptr, inputs.data(), inputs.size(), out, room, n);
    });
  }
  Tensors checkpoint(Body body, const Tensors& inputs) {
    BodyState state{std::move(body)};
    return taken([&](gt_tensor* out, size_t room, size_t* n) {
      return gt_checkpoint(c, run_body, &state, nullptr, inputs.data(), inputs.size(), nullptr, out, room, n);
    });
  }
  Tensors vmap(Body body, const Tensors& inputs, std::vector<int32_t> in_axes = {}, std::vector<int32_t> out_axes = {},
               gt_vmap_options o = {}) {
    o.struct_size = sizeof o;
    if (o.size == 0) o.size = -1;
    BodyState state{std::move(body)};
    return taken([&](gt_tensor* out, size_t room, size_t* n) {
      return gt_vmap(c, run_body, &state, nullptr, inputs.data(), inputs.size(),
                     in_axes.empty() ? nullptr : in_axes.data(), out_axes.empty() ? nullptr : out_axes.data(), &o, out,
                     room, n);
    });
  }
  Tensors root(Body residual, const Tensors& guess, gt_root_options o = {}) {
    o.struct_size = sizeof o;
    BodyState state{std::move(residual)};
    return taken([&](gt_tensor* out, size_t room, size_t* n) {
      return gt_root(c, run_body, &state, nullptr, guess.data(), guess.size(), &o, out, room, n);
    });
  }

  // ---- float64 tensors, and ops in few letters

  gt_tensor vec64(const std::vector<double>& v) { return tensor<double>(c, {static_cast<int64_t>(v.size())}, v); }
  gt_tensor mat64(int64_t rows, int64_t columns, const std::vector<double>& v) {
    return tensor<double>(c, {rows, columns}, v);
  }
  gt_tensor product(gt_tensor m, gt_tensor v) { return gt_matmul(c, m, v, 0, 0); }
  gt_tensor row(gt_tensor x, int64_t i) {
    gt_tensor index = tensor<int64_t>(c, {}, {i});
    return gt_gather(c, x, index, 0, 0);
  }

  // ---- Twins

  // A program of some inputs. The first is that by which second derivatives are taken.
  using Program = std::function<Tensors(const Tensors&)>;

  void expect_twins(const Program& f, const Program& twin, const Tensors& inputs) {
    same("values", values(f, inputs), values(twin, inputs));
    same("gradients", gradients(f, inputs), gradients(twin, inputs));
    same("tangents", tangents(f, inputs), tangents(twin, inputs));
    for (int32_t mode : {GT_MODE_FORWARD, GT_MODE_REVERSE})
      same("Jacobians, mode " + std::to_string(mode), jacobians(f, inputs, mode), jacobians(twin, inputs, mode));
    same("Hessians", hessians(f, inputs), hessians(twin, inputs));
    same("third derivatives", thirds(f, inputs), thirds(twin, inputs));
    same("in a function", in_function(f, inputs), values(twin, inputs));
    same("gradients of a call", gradients([&](const Tensors& x) { return called(f, x); }, inputs),
         gradients(twin, inputs));
    same("gradients in a function", in_function([&](const Tensors& x) { return gradient_tensors(f, x); }, inputs),
         gradients(twin, inputs));
    same("a batch", batched(f, inputs), batched(twin, inputs));
    same("gradients of a batch", gradients([&](const Tensors& x) { return batch(f, x); }, inputs),
         gradients([&](const Tensors& x) { return batch(twin, x); }, inputs));
  }

  using Values = std::vector<std::vector<double>>;
  Values read_all(const Tensors& tensors) {
    Values all;
    for (gt_tensor t : tensors) all.push_back(t ? numbers(c, t) : std::vector<double>{});
    return all;
  }
  void same(const std::string& what, const Values& got, const Values& want) {
    ASSERT_EQ(got.size(), want.size()) << what;
    for (std::size_t i = 0; i < got.size(); ++i)
      expect_close(got[i], want[i], {1e-9, 1e-10}, what + ", tensor " + std::to_string(i));
    if (const std::string m = c.message(); !m.empty()) ADD_FAILURE() << what << ": " << m;
  }

 private:
  template <class Call>
  Tensors taken(Call&& call) {
    Tensors out(256);
    size_t n = 0;
    last_status = call(out.data(), out.size(), &n);
    out.resize(last_status == GT_OK ? n : 0);
    return out;
  }

 public:
  gt_status last_status = GT_OK;

 private:
  Values values(const Program& f, const Tensors& x) { return read_all(f(x)); }
  gt_tape watch_all(const Tensors& x, uint32_t flags = 0) {
    gt_tape t = gt_tape_begin(c, flags);
    for (gt_tensor s : x) EXPECT_EQ(gt_tape_watch(c, t, s), GT_OK);
    return t;
  }
  // The sum of all floating outputs, each with a weight and bent.
  gt_tensor weighted(const Tensors& y) {
    gt_tensor all = gt_scalar(c, 0);
    for (std::size_t k = 0; k < y.size(); ++k) {
      if (dtype_of(c, y[k]) != GT_FLOAT64) continue;
      gt_tensor s = gt_sin(c, gt_multiply(c, y[k], gt_scalar(c, 1.0 + 0.3 * static_cast<double>(k))));
      all = gt_add(c, all, sum(s));
    }
    return all;
  }
  Tensors gradient_tensors(const Program& f, const Tensors& x) {
    gt_tape t = watch_all(x);
    gt_tensor y = weighted(f(x));
    Tensors g(x.size());
    EXPECT_EQ(gt_tape_gradient(c, t, &y, 1, x.data(), x.size(), nullptr, GT_UNCONNECTED_ZERO, g.data()), GT_OK)
        << c.message();
    return g;
  }
  Values gradients(const Program& f, const Tensors& x) { return read_all(gradient_tensors(f, x)); }
  Values tangents(const Program& f, const Tensors& x) {
    gt_tape t = watch_all(x);
    Tensors y = f(x), out(y.size()), directions;
    for (gt_tensor s : x) directions.push_back(gt_cos(c, s));
    EXPECT_EQ(
        gt_tape_jvp(c, t, y.data(), y.size(), x.data(), x.size(), directions.data(), GT_UNCONNECTED_ZERO, out.data()),
        GT_OK)
        << c.message();
    return read_all(out);
  }
  Values jacobians(const Program& f, const Tensors& x, int32_t mode) {
    gt_tape t = watch_all(x, GT_TAPE_PERSISTENT);
    Tensors all;
    for (gt_tensor y : f(x))
      for (gt_tensor s : x)
        if (dtype_of(c, y) == GT_FLOAT64) all.push_back(test::jacobian(c, t, y, s, mode));
    return read_all(all);
  }
  Values hessians(const Program& f, const Tensors& x) {
    gt_tape t = watch_all(x);
    gt_tensor y = weighted(f(x));
    Tensors h(x.size() * x.size());
    gt_jacobian_options o = options();
    o.unconnected = GT_UNCONNECTED_ZERO;
    EXPECT_EQ(gt_tape_hessian(c, t, y, x.data(), x.size(), &o, h.data()), GT_OK) << c.message();
    return read_all(h);
  }
  // The gradient of the sum of the gradient of the sum of the squares of the gradient.
  Values thirds(const Program& f, const Tensors& x) {
    gt_tape outer = watch_all(x), middle = watch_all(x);
    gt_tensor squares = gt_scalar(c, 0);
    for (gt_tensor g : gradient_tensors(f, x)) squares = gt_add(c, squares, sum(gt_square(c, g)));
    Tensors g(x.size()), h(x.size());
    EXPECT_EQ(gt_tape_gradient(c, middle, &squares, 1, x.data(), x.size(), nullptr, GT_UNCONNECTED_ZERO, g.data()),
              GT_OK)
        << c.message();
    gt_tensor y = gt_scalar(c, 0);
    for (gt_tensor t : g) y = gt_add(c, y, sum(t));
    EXPECT_EQ(gt_tape_gradient(c, outer, &y, 1, x.data(), x.size(), nullptr, GT_UNCONNECTED_ZERO, h.data()), GT_OK)
        << c.message();
    return read_all(h);
  }
  Tensors called(const Program& f, const Tensors& x) {
    std::vector<gt_spec> specs;
    for (gt_tensor t : x) specs.push_back(spec(dtype_of(c, t), shape_of(c, t)));
    return call(function_of(specs, [&](gt_context, const Tensors& in) { return f(in); }), x);
  }
  Values in_function(const Program& f, const Tensors& x) { return read_all(called(f, x)); }
  // Three samples of each input.
  Tensors batch(const Program& f, const Tensors& x) {
    Tensors samples;
    for (gt_tensor t : x) {
      gt_tensor rows[3];
      for (int k = 0; k < 3; ++k) rows[k] = gt_multiply(c, t, gt_scalar(c, 1 + 0.1 * k));
      samples.push_back(gt_stack(c, rows, 3, 0));
    }
    return vmap([&](gt_context, const Tensors& in) { return f(in); }, samples);
  }
  Values batched(const Program& f, const Tensors& x) { return read_all(batch(f, x)); }
};

}  // namespace test
