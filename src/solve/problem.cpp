// Objectives and residuals as functions of plain memory.
#include "solve/problem.hpp"

#include <algorithm>
#include <limits>
#include <new>

#include "solve/sparse_source.hpp"

namespace gradtape::solving {

void fail(gt_context ctx, gt_status status, const std::string& message) {
  gt_set_error(ctx, status, message.c_str());
  throw Failure{status};
}

namespace {

std::string shape_text(const gt_spec& spec) {
  std::string text = "[";
  for (int32_t i = 0; i < spec.rank; ++i) text += (i ? ", " : "") + std::to_string(spec.dims[i]);
  return text + "]";
}
gt_spec spec_of(gt_context ctx, gt_tensor t) {
  gt_spec spec{};
  size_t rank = 0;
  check(gt_tensor_dtype(ctx, t, &spec.dtype));
  check(gt_tensor_shape(ctx, t, spec.dims, GT_MAX_RANK, &rank));
  if (rank > GT_MAX_RANK) fail(ctx, GT_UNSUPPORTED, "gradtape/solve.h: a tensor has more than GT_MAX_RANK axes");
  spec.rank = static_cast<int32_t>(rank);
  return spec;
}
int64_t elements(const gt_spec& spec) {
  int64_t n = 1;
  for (int32_t i = 0; i < spec.rank; ++i) n *= spec.dims[i];
  return n;
}
gt_spec vector_spec(int64_t n) {
  gt_spec spec{};
  spec.dtype = GT_FLOAT64;
  spec.rank = 1;
  spec.dims[0] = n;
  return spec;
}
bool is_float(gt_dtype dtype) { return dtype == GT_FLOAT32 || dtype == GT_FLOAT64; }

// The status of a call that gave no object: that of the error that it left.
gt_status left_error(gt_context ctx) {
  size_t size = 0;
  const gt_status status = gt_take_error(ctx, nullptr, 0, &size);
  return status == GT_OK ? GT_INVALID_HANDLE : status;
}
template <class Handle>
Handle made(gt_context ctx, Handle handle) {
  if (!handle) throw Failure{left_error(ctx)};
  return handle;
}
gt_tensor in_float64(gt_context ctx, gt_tensor t) {
  gt_dtype dtype = 0;
  check(gt_tensor_dtype(ctx, t, &dtype));
  return dtype == GT_FLOAT64 ? t : made(ctx, gt_cast(ctx, t, GT_FLOAT64));
}
gt_tensor flat(gt_context ctx, gt_tensor t) {
  const int64_t all = -1;
  return made(ctx, gt_reshape(ctx, t, &all, 1));
}

// Float64 inputs as the user's function takes them.
std::vector<gt_tensor> as_parameters(gt_context ctx, const Parameters& p, const gt_tensor* given) {
  std::vector<gt_tensor> x(given, given + p.tensors());
  for (size_t i = 0; i < x.size(); ++i)
    if (p.spec(i).dtype != GT_FLOAT64) x[i] = made(ctx, gt_cast(ctx, x[i], p.spec(i).dtype));
  return x;
}
// The same from one vector of all numbers.
std::vector<gt_tensor> parts_of(gt_context ctx, const Parameters& p, gt_tensor all) {
  std::vector<gt_tensor> x;
  for (size_t i = 0; i < p.tensors(); ++i) {
    const int64_t begin = p.begin(i), size = p.begin(i + 1) - begin;
    gt_tensor part = p.tensors() == 1 ? all : made(ctx, gt_slice(ctx, all, &begin, 1, &size, 1));
    x.push_back(made(ctx, gt_reshape(ctx, part, p.spec(i).dims, static_cast<size_t>(p.spec(i).rank))));
  }
  return as_parameters(ctx, p, x.data());
}

// A tape that watches, and ends with this object.
class Watching {
 public:
  Watching(gt_context ctx, const std::vector<gt_tensor>& x)
      : ctx_(ctx), tape_(made(ctx, gt_tape_begin(ctx, GT_TAPE_MANUAL_WATCH))) {
    for (gt_tensor t : x) check(gt_tape_watch(ctx, tape_, t));
  }
  ~Watching() { gt_release(ctx_, tape_); }
  Watching(const Watching&) = delete;
  operator gt_tape() const { return tape_; }

 private:
  gt_context ctx_;
  gt_tape tape_;
};

gt_tensor objective_of(const Program& f, const std::vector<gt_tensor>& x) {
  const std::vector<gt_tensor> y = f(x);
  if (y.size() != 1)
    fail(f.ctx, GT_CALLBACK_FAILED,
         std::string(f.caller) + ": the objective must give one tensor, got " + std::to_string(y.size()));
  const gt_spec spec = spec_of(f.ctx, y[0]);
  if (elements(spec) != 1 || !is_float(spec.dtype))
    fail(f.ctx, GT_INVALID_ARGUMENT,
         std::string(f.caller) + ": the objective must give one number of float32 or float64, got shape " +
             shape_text(spec) + " and dtype " + std::to_string(spec.dtype) + "; sum it with gt_reduce_sum");
  return y[0];
}
gt_tensor residuals_of(const Program& f, const std::vector<gt_tensor>& x) {
  std::vector<gt_tensor> parts = f(x);
  for (gt_tensor& part : parts) {
    const gt_spec spec = spec_of(f.ctx, part);
    if (!is_float(spec.dtype))
      fail(f.ctx, GT_INVALID_ARGUMENT,
           std::string(f.caller) + ": residuals must be float32 or float64, got dtype " + std::to_string(spec.dtype));
    part = flat(f.ctx, in_float64(f.ctx, part));
  }
  return parts.size() == 1 ? parts[0] : made(f.ctx, gt_concat(f.ctx, parts.data(), parts.size(), 0));
}

gt_jacobian_options zero_unconnected() {
  gt_jacobian_options options{};
  options.struct_size = sizeof options;
  options.unconnected = GT_UNCONNECTED_ZERO;
  return options;
}

// Pointers to the numbers of each parameter inside of one vector.
template <class Pointer, class V>
void point_into(const Parameters& p, V& numbers, std::vector<Pointer>& pointers) {
  for (size_t i = 0; i < p.tensors(); ++i) pointers.push_back(numbers.data() + p.begin(i));
}

}  // namespace

Parameters::Parameters(gt_context ctx, const char* caller, const gt_tensor* start, size_t n)
    : ctx_(ctx), epsilon_(std::numeric_limits<double>::epsilon()) {
  if (n == 0 || n > kMostTensors)
    fail(ctx, GT_INVALID_ARGUMENT,
         std::string(caller) + ": the start must have 1 to " + std::to_string(kMostTensors) + " tensors, got " +
             std::to_string(n));
  if (!start) fail(ctx, GT_INVALID_ARGUMENT, std::string(caller) + ": start is NULL");
  begins_.push_back(0);
  for (size_t i = 0; i < n; ++i) {
    const gt_spec spec = spec_of(ctx, start[i]);
    if (!is_float(spec.dtype))
      fail(ctx, GT_INVALID_ARGUMENT,
           std::string(caller) + ": start[" + std::to_string(i) + "] must be float32 or float64, got dtype " +
               std::to_string(spec.dtype));
    specs_.push_back(spec);
    begins_.push_back(begins_.back() + elements(spec));
    if (spec.dtype == GT_FLOAT32) epsilon_ = std::numeric_limits<float>::epsilon();
  }
  if (size() == 0) fail(ctx, GT_INVALID_ARGUMENT, std::string(caller) + ": the start has no elements");
  start_.resize(static_cast<size_t>(size()));
  for (size_t i = 0; i < n; ++i) {
    const auto count = static_cast<size_t>(begins_[i + 1] - begins_[i]);
    double* to = start_.data() + begins_[i];
    if (specs_[i].dtype == GT_FLOAT64) {
      check(gt_tensor_read(ctx, start[i], to, count * sizeof(double)));
    } else {
      std::vector<float> narrow(count);
      check(gt_tensor_read(ctx, start[i], narrow.data(), count * sizeof(float)));
      std::copy(narrow.begin(), narrow.end(), to);
    }
  }
}

void Parameters::write(const Vector& x, gt_tensor* solution) const {
  for (size_t i = 0; i < tensors(); ++i) {
    const gt_spec& spec = specs_[i];
    const double* from = x.data() + begins_[i];
    const auto count = static_cast<size_t>(begins_[i + 1] - begins_[i]), rank = static_cast<size_t>(spec.rank);
    if (spec.dtype == GT_FLOAT64) {
      solution[i] = gt_tensor_create(ctx_, spec.dtype, spec.dims, rank, from, count * sizeof(double));
    } else {
      const std::vector<float> narrow(from, from + count);
      solution[i] = gt_tensor_create(ctx_, spec.dtype, spec.dims, rank, narrow.data(), count * sizeof(float));
    }
    if (solution[i]) continue;
    for (size_t k = 0; k < i; ++k) gt_release(ctx_, solution[k]);
    std::fill(solution, solution + tensors(), nullptr);
    throw Failure{left_error(ctx_)};
  }
}

std::vector<gt_tensor> Program::operator()(const std::vector<gt_tensor>& x) const {
  gt_tensor out[256] = {};
  size_t n = 0;
  check(call(ctx, user_data, x.data(), x.size(), out, std::size(out), &n));
  if (n == 0 || n > std::size(out))
    fail(ctx, GT_CALLBACK_FAILED,
         std::string(caller) + ": the function gave " + std::to_string(n) + " outputs; 1 to 256 are right");
  for (size_t i = 0; i < n; ++i)
    if (!out[i])
      fail(ctx, GT_CALLBACK_FAILED, std::string(caller) + ": the function left output " + std::to_string(i) + " NULL");
  return {out, out + n};
}

// ---- Replay

namespace {

struct Called {
  const Replay::Body& body;
  gt_status status;
};
gt_status call_body(gt_context ctx, void* data, const gt_tensor* inputs, size_t n_inputs, gt_tensor* outputs,
                    size_t capacity, size_t* n_outputs) {
  auto& called = *static_cast<Called*>(data);
  called.status = gt_scope_begin(ctx);
  if (called.status != GT_OK) return called.status;
  *n_outputs = 0;
  try {
    const std::vector<gt_tensor> given = called.body({inputs, inputs + n_inputs});
    *n_outputs = std::min(given.size(), capacity);
    std::copy_n(given.begin(), *n_outputs, outputs);
  } catch (const Failure& failure) {
    called.status = failure.status;
  } catch (const std::bad_alloc&) {
    called.status = GT_OUT_OF_MEMORY;
  }
  const gt_status ended = gt_scope_end(ctx, outputs, *n_outputs);
  if (called.status == GT_OK) called.status = ended;
  return called.status;
}

}  // namespace

Replay::Replay(gt_context ctx, const std::vector<gt_spec>& inputs, const Body& body)
    : ctx_(ctx), inputs_(inputs.size()) {
  Called called{body, GT_OK};
  function_ = gt_function_create(ctx, call_body, &called, nullptr, inputs.data(), inputs.size());
  if (!function_) throw Failure{called.status == GT_OK ? left_error(ctx) : called.status};
}
Replay::~Replay() { gt_release(ctx_, function_); }

void Replay::run(const std::vector<const void*>& inputs, const std::vector<void*>& outputs) const {
  check(gt_function_run(ctx_, function_, inputs.data(), inputs.size(), outputs.data(), outputs.size()));
}
gt_spec Replay::output(size_t i) const {
  gt_spec specs[256];
  size_t n = 0;
  check(gt_function_output_specs(ctx_, function_, nullptr, inputs_, specs, std::size(specs), &n));
  return specs[i];
}

// ---- Objectives

namespace {

std::vector<gt_spec> input_specs(const Parameters& p) {
  std::vector<gt_spec> specs;
  for (size_t i = 0; i < p.tensors(); ++i) {
    specs.push_back(p.spec(i));
    specs.back().dtype = GT_FLOAT64;
  }
  return specs;
}

}  // namespace

Objective::Objective(const Program& program) : program_(program) {
  value_.emplace(program.ctx, input_specs(program.parameters), [this](const std::vector<gt_tensor>& inputs) {
    const gt_context ctx = program_.ctx;
    const std::vector<gt_tensor> x = as_parameters(ctx, program_.parameters, inputs.data());
    const Watching tape(ctx, x);
    gt_tensor y = objective_of(program_, x);
    std::vector<gt_tensor> gradients(x.size());
    check(gt_tape_gradient(ctx, tape, &y, 1, x.data(), x.size(), nullptr, GT_UNCONNECTED_ZERO, gradients.data()));
    std::vector<gt_tensor> outputs{in_float64(ctx, y)};
    for (gt_tensor g : gradients) outputs.push_back(in_float64(ctx, g));
    return outputs;
  });
}

double Objective::evaluate(const Vector& x, Vector& gradient) {
  double value = 0;
  std::vector<const void*> inputs;
  std::vector<void*> outputs{&value};
  point_into(program_.parameters, x, inputs);
  point_into(program_.parameters, gradient, outputs);
  value_->run(inputs, outputs);
  ++counts.evaluations;
  return value;
}

void Objective::multiply_hessian(const Vector& x, const Vector& vector, Vector& product) {
  const Parameters& p = program_.parameters;
  if (!product_) {
    std::vector<gt_spec> specs = input_specs(p);
    specs.insert(specs.end(), specs.begin(), specs.begin() + static_cast<std::ptrdiff_t>(p.tensors()));
    product_.emplace(program_.ctx, specs, [this, &p](const std::vector<gt_tensor>& inputs) {
      const gt_context ctx = program_.ctx;
      const std::vector<gt_tensor> at = as_parameters(ctx, p, inputs.data());
      const std::vector<gt_tensor> v = as_parameters(ctx, p, inputs.data() + p.tensors());
      const Watching tape(ctx, at);
      gt_tensor y = objective_of(program_, at);
      std::vector<gt_tensor> products(at.size());
      check(gt_tape_hvp(ctx, tape, y, at.data(), at.size(), v.data(), GT_UNCONNECTED_ZERO, products.data()));
      for (gt_tensor& t : products) t = in_float64(ctx, t);
      return products;
    });
  }
  std::vector<const void*> inputs;
  std::vector<void*> outputs;
  point_into(p, x, inputs);
  point_into(p, vector, inputs);
  point_into(p, product, outputs);
  product_->run(inputs, outputs);
  ++counts.products;
}

bool Objective::prepare_hessian(int32_t linear_solver, bool only_sparse) {
  form_.rows = form_.columns = size();
  hessian_.emplace(program_.ctx, std::vector<gt_spec>{vector_spec(size())}, [&](const std::vector<gt_tensor>& inputs) {
    const gt_context ctx = program_.ctx;
    const Watching tape(ctx, inputs);
    gt_tensor y = objective_of(program_, parts_of(ctx, program_.parameters, inputs[0]));
    gt_tensor hessian = sparse_values(ctx, tape, y, inputs[0], Derivative::hessian, linear_solver, form_);
    const gt_jacobian_options options = zero_unconnected();
    if (!hessian && only_sparse) return std::vector<gt_tensor>{y};
    if (!hessian) check(gt_tape_hessian(ctx, tape, y, inputs.data(), 1, &options, &hessian));
    return std::vector<gt_tensor>{hessian};
  });
  if (only_sparse && !form_.sparse()) return false;
  form_.allocate();
  return true;
}

void Objective::hessian(const Vector& x, Matrix& out) {
  if (out.values.empty()) out = form_;
  hessian_->run({x.data()}, {out.values.data()});
  ++counts.matrices;
}

// ---- Residuals

Residuals::Residuals(const Program& program, int32_t linear_solver) : program_(program) {
  const gt_context ctx = program.ctx;
  const Parameters& p = program.parameters;
  values_.emplace(ctx, std::vector<gt_spec>{vector_spec(p.size())},
                  [this, &p, ctx](const std::vector<gt_tensor>& inputs) {
                    return std::vector<gt_tensor>{residuals_of(program_, parts_of(ctx, p, inputs[0]))};
                  });
  size_ = elements(values_->output(0));
  if (size_ == 0) fail(ctx, GT_INVALID_ARGUMENT, std::string(program.caller) + ": there are no residuals");
  form_.rows = size_;
  form_.columns = p.size();
  jacobian_.emplace(ctx, std::vector<gt_spec>{vector_spec(p.size())}, [&](const std::vector<gt_tensor>& inputs) {
    const Watching tape(ctx, inputs);
    gt_tensor r = residuals_of(program_, parts_of(ctx, p, inputs[0]));
    gt_tensor jacobian = sparse_values(ctx, tape, r, inputs[0], Derivative::jacobian, linear_solver, form_);
    const gt_jacobian_options options = zero_unconnected();
    if (!jacobian) check(gt_tape_jacobian(ctx, tape, r, inputs.data(), 1, &options, &jacobian));
    return std::vector<gt_tensor>{jacobian};
  });
  form_.allocate();
}

void Residuals::evaluate(const Vector& x, Vector& residuals) {
  residuals.resize(static_cast<size_t>(size_));
  values_->run({x.data()}, {residuals.data()});
  ++counts.evaluations;
}
void Residuals::jacobian(const Vector& x, Matrix& out) {
  if (out.values.empty()) out = form_;
  jacobian_->run({x.data()}, {out.values.data()});
  ++counts.matrices;
}

}  // namespace gradtape::solving
