// TensorFlow's guide "Advanced automatic differentiation", part by part, through the C++ face.
//
// Each part prints the values that the guide shows, and checks its own claims. The program ends with 0 if all claims
// hold.
#include <cmath>
#include <cstdio>
#include <functional>
#include <gradtape/gradtape.hpp>
#include <memory>

using namespace gradtape;

namespace {

int failures = 0;

void title(const char* text) { std::printf("\n%s\n", text); }
void check(bool holds, const char* claim) {
  std::printf("  %s %s\n", holds ? "[ok]" : "[FAILED]", claim);
  failures += !holds;
}
void print(const char* label, const Tensor& t) {
  if (!t.has_value())
    std::printf("%s: None\n", label);
  else if (std::isnan(t.item()))
    std::printf("%s: nan\n", label);
  else
    std::printf("%s: %g\n", label, t.item());
}
void print_shape(const char* label, const Tensor& t) {
  std::printf("%s: (", label);
  const Shape shape = t.shape();
  for (std::size_t i = 0; i < shape.size(); ++i) std::printf("%s%lld", i ? ", " : "", static_cast<long long>(shape[i]));
  std::printf(")\n");
}
double largest_difference(const Tensor& a, const Tensor& b) { return reduce_max(abs(a - b)).item(); }

Tensor number(const Context& ctx, float value) { return ctx.tensor<float>({}, {value}); }
Tensor normal(const Context& ctx, std::int64_t rows, std::int64_t columns) {
  return random_normal(ctx, {rows, columns});
}

// ---- Layers made of ops ----

using Activation = std::function<Tensor(const Tensor&)>;
using Layer = std::function<Tensor(const Tensor&)>;

struct Dense {
  Variable kernel, bias;
  Activation activation;

  // Glorot-uniform kernel, zero bias.
  Dense(const Context& ctx, std::int64_t inputs, std::int64_t units, Activation activation)
      : kernel(random_uniform(ctx, {inputs, units}, Dtype::float32, -limit(inputs, units), limit(inputs, units))),
        bias(fill(number(ctx, 0), {units})),
        activation(std::move(activation)) {}
  Tensor operator()(const Tensor& x) const { return activation(matmul(x, kernel) + bias); }

  static double limit(std::int64_t inputs, std::int64_t units) {
    return std::sqrt(6.0 / static_cast<double>(inputs + units));
  }
};

struct BatchNormalization {
  Variable gamma, beta;

  BatchNormalization(const Context& ctx, std::int64_t features)
      : gamma(fill(number(ctx, 1), {features})), beta(fill(number(ctx, 0), {features})) {}
  Tensor operator()(const Tensor& x) const {
    return batch_normalization(x, gamma, beta)[0];
  }  // with the batch's own moments
};

struct Sequential {
  std::vector<Layer> layers;
  Tensor operator()(Tensor x) const {
    for (const Layer& layer : layers) x = layer(x);
    return x;
  }
};

const Activation relu_fn = [](const Tensor& x) { return relu(x); };
const Activation elu_fn = [](const Tensor& x) { return elu(x); };

// ---- The parts ----

void check_first_only(const std::vector<Tensor>& grad, const char* claim) {
  print("dz/dx", grad[0]);
  print("dz/dy", grad[1]);
  check(grad[0].item() == 4 && !grad[1].has_value(), claim);
}

void stop_recording(const Context& ctx) {
  title("1. Stop recording: y_sq is computed behind the tape's back");
  const Variable x(number(ctx, 2)), y(number(ctx, 3));
  Tape t(ctx);
  const Tensor x_sq = x * x;
  Tensor y_sq;
  {
    const Tape::Pause pause(t);
    y_sq = y * y;
  }
  const Tensor z = x_sq + y_sq;
  check_first_only(t.gradient(z, std::vector<Tensor>{x, y}), "dz/dx is 2x, and y is not connected");
}

void reset(const Context& ctx) {
  title("2. Reset: the recording starts anew");
  const Variable x(number(ctx, 2)), y(number(ctx, 3));
  Tape t(ctx);
  const Tensor y_sq = y * y;
  t.reset();
  const Tensor z = x * x + y_sq;
  check_first_only(t.gradient(z, std::vector<Tensor>{x, y}), "dz/dx is 2x, and y is not connected");
}

void stop_gradient_part(const Context& ctx) {
  title("3. Stop gradient: more precise than stopping the tape");
  const Variable x(number(ctx, 2)), y(number(ctx, 3));
  Tape t(ctx);
  const Tensor z = square(x) + stop_gradient(square(y));
  check_first_only(t.gradient(z, std::vector<Tensor>{x, y}), "the gradient stops at stop_gradient");
}

void clipped_gradient(const Context& ctx) {
  const Variable v(number(ctx, 2));
  Tape t(ctx);
  const Tensor output = custom_gradient(
      v * v, [](const Tensor& x) { return x; }, [](const Tensor&, const Tensor& dy) { return clip_by_norm(dy, 0.5); },
      "clip_gradients");
  const Tensor grad = t.gradient(output, v);
  print("d(v * v)/dv with its gradient clipped to 0.5", grad);
  check(output.item() == 4 && grad.item() == 2, "the value is 4, the gradient 0.5 * 2v");
}

void registered_gradient(const Context& ctx) {
  // A rule of one's own for an op: the sign function, differentiated as if it were the hyperbolic tangent.
  register_gradient("soft_sign", [](const Application& a, const std::vector<Tensor>& dy) {
    return std::vector<Tensor>{dy[0] * (1.0 - square(tanh(a.inputs[0])))};
  });
  const Variable x(number(ctx, 0.5));
  Tape outer(ctx), inner(ctx);
  const Tensor y = apply_with_gradient("sign", "soft_sign", {x})[0];
  const Tensor first = inner.gradient(y, x), second = outer.gradient(first, x);
  std::printf("sign(0.5) = %g, with the registered gradient %g, and of second order %g\n", y.item(), first.item(),
              second.item());
  const double th = std::tanh(0.5);
  check(y.item() == 1 && std::abs(first.item() - (1 - th * th)) < 1e-6 &&
            std::abs(second.item() + 2 * th * (1 - th * th)) < 1e-6,
        "1 - tanh^2 and its derivative");
}

void stable_gradient(const Context& ctx) {
  const Variable x(number(ctx, 100));
  Tape plain(ctx);
  const Tensor naive = plain.gradient(log(1.0 + exp(x)), x);
  Tape t(ctx);
  auto kept = std::make_shared<Tensor>();  // e^x, from the forward pass for the backward one
  const Tensor y = custom_gradient(
      x,
      [kept](const Tensor& in) {
        *kept = exp(in);
        return log(1.0 + *kept);
      },
      [kept](const Tensor&, const Tensor& dy) { return dy * (1.0 - 1.0 / (1.0 + *kept)); }, "log1pexp");
  const Tensor stable = t.gradient(y, x);
  print("gradient of log(1 + exp(x)) at 100, by the formula", naive);
  print("and with the custom gradient", stable);
  check(std::isnan(naive.item()) && stable.item() == 1, "nan becomes 1");
}

void pass_through(const Context& ctx) {
  const Variable x(number(ctx, 12.3f));
  Tape t(ctx);
  const Tensor y = custom_gradient(
      x, [](const Tensor& in) { return round(clip_by_value(in, 0, 10)); },
      [](const Tensor&, const Tensor& dy) { return dy; }, "round_and_clip");
  const double grad = t.gradient(y, x).item();
  std::printf("12.3 becomes %g, with gradient %g\n", y.item(), grad);
  check(y.item() == 10 && grad == 1, "round and clip_by_value are the identity backwards");
}

void custom_gradients(const Context& ctx) {
  title("4. Custom gradients");
  clipped_gradient(ctx);
  registered_gradient(ctx);
  stable_gradient(ctx);
  pass_through(ctx);
}

void multiple_tapes(const Context& ctx) {
  title("5. Multiple tapes: each watches what it is told");
  const Tensor x0 = number(ctx, 0), x1 = number(ctx, 0);
  Tape tape0(ctx), tape1(ctx);
  tape0.watch(x0);
  tape1.watch(x1);
  const Tensor ys = reduce_sum(sin(x0) + sigmoid(x1));
  const Tensor g0 = tape0.gradient(ys, x0), g1 = tape1.gradient(ys, x1);
  print("dys/dx0 (cos 0)", g0);
  print("dys/dx1 (sigmoid' 0)", g1);
  check(g0.item() == 1 && g1.item() == 0.25, "1 and 1/4");
}

void higher_order(const Context& ctx) {
  title("6. Higher-order gradients: a gradient taken while another tape records");
  const Variable x(number(ctx, 1));
  Tape t3(ctx), t2(ctx), t1(ctx);
  const Tensor y = x * x * x;
  const Tensor d1 = t1.gradient(y, x), d2 = t2.gradient(d1, x), d3 = t3.gradient(d2, x);
  print("dy_dx: 3 * x**2", d1);
  print("d2y_dx2: 6 * x", d2);
  print("d3y_dx3: 6", d3);
  check(d1.item() == 3 && d2.item() == 6 && d3.item() == 6, "3, 6 and 6 at x = 1");
}

void input_gradient_regularization(const Context& ctx) {
  title("7. Input gradient regularization: the gradient of the size of a gradient");
  const Tensor x = normal(ctx, 7, 5);
  const Dense layer(ctx, 5, 10, relu_fn);
  Tape t2(ctx), t1(ctx, GT_TAPE_MANUAL_WATCH);
  t1.watch(x);
  const Tensor g1 = t1.gradient(reduce_sum(square(layer(x))), x);
  const Tensor magnitude = norm(g1);
  const auto grads = t2.gradient(magnitude, std::vector<Tensor>{layer.kernel, layer.bias});
  print("size of the gradient by the input", magnitude);
  print_shape("its gradient by the kernel", grads[0]);
  print_shape("its gradient by the bias", grads[1]);
  check(norm(grads[0]).item() > 0, "the kernel can be trained to make it smaller");
}

void scalar_source(const Context& ctx) {
  title("8. Jacobian of a tensor by a scalar: sigmoid along a line");
  const Tensor x = linspace(number(ctx, -10), number(ctx, 10), 201);
  const Variable delta(number(ctx, 0));
  Tape t(ctx);
  const Tensor y = sigmoid(x + delta), dy_dx = t.jacobian(y, delta);
  print_shape("y.shape", y);
  print_shape("dy_dx.shape", dy_dx);
  const auto slope = dy_dx.to_vector<float>();
  std::printf("slope at -10, -2, 0, 2, 10: %.5f %.5f %.5f %.5f %.5f\n", slope[0], slope[80], slope[100], slope[120],
              slope[200]);
  check(slope[100] == 0.25f && std::abs(slope[80] - slope[120]) < 1e-6f, "1/4 in the middle, and symmetric");
}

void tensor_source(const Context& ctx) {
  title("9. Jacobian of a layer's output by its kernel");
  const Tensor x = normal(ctx, 7, 5);
  const Dense layer(ctx, 5, 10, relu_fn);
  Tape t(ctx, GT_TAPE_PERSISTENT);
  const Tensor y = layer(x);
  const Tensor jacobian = t.jacobian(y, layer.kernel), gradient = t.gradient(y, layer.kernel);
  print_shape("y.shape", y);
  print_shape("kernel.shape", layer.kernel);
  print_shape("jacobian.shape", jacobian);
  const double delta = largest_difference(reduce_sum(jacobian, Ints{0, 1}), gradient);
  std::printf("largest difference between the gradient and the Jacobian's sum: %g\n", delta);
  check(delta < 1e-4, "the Jacobian, summed over the target, is the gradient");
}

void hessian_newton(const Context& ctx) {
  title("10. The Hessian, and a step of Newton's method");
  const Tensor x = normal(ctx, 7, 5);
  Dense layer1(ctx, 5, 8, relu_fn), layer2(ctx, 8, 6, relu_fn);
  const auto loss_of = [&] { return reduce_mean(square(layer2(layer1(x)))); };
  Tape t2(ctx), t1(ctx);
  const Tensor loss = loss_of();
  const Tensor g = t1.gradient(loss, layer1.kernel);
  const Tensor h = t2.jacobian(g, layer1.kernel);
  print_shape("kernel.shape", layer1.kernel);
  print_shape("hessian.shape", h);

  const Tensor h_mat = reshape(h, {40, 40}), g_vec = reshape(g, {40, 1});
  const double asymmetry = largest_difference(h_mat, transpose(h_mat));
  std::printf("largest difference between the Hessian and its transpose: %g\n", asymmetry);
  check(asymmetry < 1e-5, "the Hessian is symmetric");

  const double eps = 1e-3;  // keeps the matrix away from singular ones: relu leaves directions flat
  const Tensor update = solve(h_mat + eye(ctx, 40) * eps, g_vec);
  const double before = loss.item();
  layer1.kernel -= reshape(update, {5, 8});
  const double after = loss_of().item();
  std::printf("loss before the step %g, after it %g\n", before, after);
  check(after < before, "the step lowers the loss");
}

void batch_jacobian(const Context& ctx) {
  title("11. Batch Jacobian: one block for each sample");
  const Tensor x = normal(ctx, 7, 5);
  const Sequential model{{Dense(ctx, 5, 8, elu_fn), Dense(ctx, 8, 6, elu_fn)}};
  Tape t(ctx, GT_TAPE_PERSISTENT | GT_TAPE_MANUAL_WATCH);
  t.watch(x);
  const Tensor y = model(x);
  const Tensor full = t.jacobian(y, x), blocks = t.batch_jacobian(y, x);
  print_shape("y.shape", y);
  print_shape("full jacobian.shape", full);
  print_shape("batch_jacobian.shape", blocks);
  const Tensor sum = reduce_sum(full, Ints{2}), diagonal = einsum({full}, "bxby->bxy");
  std::printf("largest difference from the full Jacobian's diagonal: %g, from its sum over the batch: %g\n",
              largest_difference(blocks, diagonal), largest_difference(blocks, sum));
  check(largest_difference(blocks, diagonal) < 1e-5, "the blocks are the diagonal of the full Jacobian");
  check(largest_difference(sum, diagonal) < 1e-5, "which is 0 off its diagonal: samples do not touch each other");
}

void batch_norm_refused(const Context& ctx) {
  title("12. Batch normalization: the samples depend on each other");
  const Tensor x = normal(ctx, 7, 5);
  const Sequential model{{Dense(ctx, 5, 8, elu_fn), BatchNormalization(ctx, 8), Dense(ctx, 8, 6, elu_fn)}};
  Tape t(ctx, GT_TAPE_PERSISTENT | GT_TAPE_MANUAL_WATCH);
  t.watch(x);
  const Tensor y = model(x);
  bool refused = false;
  try {
    t.batch_jacobian(y, x);
  } catch (const Error& e) {
    refused = e.status() == GT_FAILED_PRECONDITION;
    std::printf("refused: %s\n", e.what());
  }
  check(refused, "TensorFlow returns numbers here that mean nothing");

  JacobianOptions tensorflow;  // its formula, asked for by name
  tensorflow.batch_dependence = GT_BATCH_SUM;
  const Tensor blocks = t.batch_jacobian(y, x, tensorflow), full = t.jacobian(y, x);
  const Tensor diagonal = einsum({full}, "bxby->bxy"), sum = transpose(reduce_sum(full, Ints{0}), Ints{1, 0, 2});
  std::printf("the sum over the batch differs from the diagonal by %g\n", largest_difference(blocks, diagonal));
  check(largest_difference(blocks, sum) < 1e-5, "GT_BATCH_SUM is the full Jacobian summed over the target's batch");
  check(largest_difference(blocks, diagonal) > 1e-3, "which is not the diagonal");
}

}  // namespace

int main() try {
  const Context ctx;
  std::printf("gradtape %s: TensorFlow's guide \"Advanced automatic differentiation\" in C++\n", gt_version());
  ctx.seed(42);
  for (auto part : {stop_recording, reset, stop_gradient_part, custom_gradients, multiple_tapes, higher_order,
                    input_gradient_regularization, scalar_source, tensor_source, hessian_newton, batch_jacobian,
                    batch_norm_refused})
    part(ctx);
  std::printf("\n%s\n", failures == 0 ? "All claims hold." : "Some claims do not hold.");
  return failures != 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
