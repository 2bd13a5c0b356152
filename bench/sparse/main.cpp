// Times sparse derivatives beside the function and its gradient, all in turn, with one thread.
// usage: gradtape_sparse [NAME...]: parts of names of problems. The output is a JSON object. It has for each problem
// its sizes, and the median seconds of each way: processor time, which other programs of the machine lengthen less.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <map>

#include "problems.hpp"

namespace {

using namespace bench::sparse;
using Numbers = std::vector<double>;

double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }
template <class F>
double seconds_of(F&& f) {
  const double start = processor_seconds();
  f();
  return processor_seconds() - start;
}

// Ways that take turns. A way gives the seconds of one call.
class Turns {
 public:
  void add(const std::string& name, std::function<double()> way) { ways_.push_back({name, std::move(way), {}}); }
  // Short calls are repeated up to some milliseconds, for the clock counts microseconds.
  void add_call(const std::string& name, const std::function<void()>& call) {
    call();
    const double once = seconds_of(call);
    const auto calls = static_cast<int>(std::clamp(5e-3 / std::max(once, 1e-9), 1.0, 1e5));
    add(name, [=] {
      return seconds_of([&] {
               for (int i = 0; i < calls; ++i) call();
             }) /
             calls;
    });
  }
  std::map<std::string, double> medians() {
    const double end = processor_seconds() + 0.4 * static_cast<double>(ways_.size());
    for (int round = 0; round < 5 || processor_seconds() < end; ++round)
      for (Way& w : ways_) w.seconds.push_back(w.run());
    std::map<std::string, double> all;
    for (Way& w : ways_) {
      std::sort(w.seconds.begin(), w.seconds.end());
      all[w.name] = w.seconds[w.seconds.size() / 2];
    }
    return all;
  }

 private:
  struct Way {
    std::string name;
    std::function<double()> run;
    Numbers seconds;
  };
  std::vector<Way> ways_;
};

// One problem: its point, and its derivatives as functions that run on memory.
class Measured {
 public:
  Measured(const Context& ctx, const Problem& p) : ctx_(ctx), p_(p), x_(static_cast<std::size_t>(p.unknowns())) {
    for (std::size_t i = 0; i < x_.size(); ++i) {
      x_[i] = 1.1 + 0.1 * std::sin(static_cast<double>(i));
      along_.push_back(std::cos(static_cast<double>(i)));
    }
    point_ = ctx.tensor<double>(p.shape, x_);
  }

  void sparse(const char* comma) {
    Sparsity chosen = found(GT_SPARSE_AUTO), compressed = found(GT_SPARSE_COMPRESS);
    const SparsityInfo info = chosen.info(), colours = compressed.info();
    const auto entries = static_cast<std::size_t>(info.nonzeros);
    add_base(p_.hessian ? "gradient" : "function");
    add_pattern("pattern", GT_SPARSE_ACCUMULATE);
    add_pattern("pattern with colours", GT_SPARSE_COMPRESS);
    add_values("accumulate", GT_SPARSE_ACCUMULATE, entries);
    add_values("compress", GT_SPARSE_COMPRESS, entries);
    if (p_.hessian) add_product();
    Numbers from(entries, 1.0), to(entries);
    turns_.add_call("write", [&] { std::memcpy(to.data(), from.data(), entries * sizeof(double)); });
    begin(comma, "sparse");
    std::printf(
        "\"rows\": %lld, \"entries\": %lld, \"links\": %lld, \"forward\": %lld, \"reverse\": %lld, \"auto\": \"%s\"",
        static_cast<long long>(info.rows), static_cast<long long>(info.nonzeros), static_cast<long long>(info.links),
        static_cast<long long>(colours.forward_colours), static_cast<long long>(colours.reverse_colours),
        info.method == GT_SPARSE_ACCUMULATE ? "accumulate" : "compress");
    end();
  }

  void dense(const char* comma) {
    const std::size_t entries = x_.size() * x_.size();
    add_base("gradient");
    add_function("dense", {spec()}, {x_.data()}, entries, [&](const Tensor& x) { return hessian(p_.f)(x); });
    add_product();
    Numbers zeros(entries, 1.0);
    turns_.add_call("write", [&] { std::memset(zeros.data(), 0, entries * sizeof(double)); });
    begin(comma, "dense");
    std::printf("\"rows\": %zu, \"entries\": %zu", x_.size(), entries);
    end();
  }

 private:
  Spec spec() const { return {Dtype::float64, p_.shape}; }
  Tape recorded(Tensor& y) const {
    Tape tape(ctx_, GT_TAPE_MANUAL_WATCH);
    tape.watch(point_);
    y = p_.f(point_);
    return tape;
  }
  Sparsity found(const Tape& tape, const Tensor& y, std::int32_t method) const {
    SparseOptions options;
    options.method = method;
    return p_.hessian ? tape.hessian_sparsity(y, point_, options) : tape.jacobian_sparsity(y, point_, options);
  }
  Sparsity found(std::int32_t method) const {
    Tensor y;
    const Tape tape = recorded(y);
    return found(tape, y, method);
  }

  void add_base(const char* name) {
    if (p_.hessian) {
      add_function(name, {spec()}, {x_.data()}, x_.size(), [&](const Tensor& x) { return grad(p_.f)(x); });
    } else {
      const auto rows = static_cast<std::size_t>(found(GT_SPARSE_AUTO).info().rows);
      add_function(name, {spec()}, {x_.data()}, rows, [&](const Tensor& x) { return p_.f(x); });
    }
  }
  // The time to find a pattern on a fresh tape; the recording is left out.
  void add_pattern(const char* name, std::int32_t method) {
    turns_.add(name, [=, this] {
      Tensor y;
      const Tape tape = recorded(y);
      return seconds_of([&] { found(tape, y, method); });
    });
  }
  void add_values(const std::string& name, std::int32_t method, std::size_t entries) {
    try {
      const Sparsity s = found(method);
      add_function(name, {spec()}, {x_.data()}, entries, [&](const Tensor& x) { return sparse_values(p_.f, s)(x); });
    } catch (const Error& e) {
      std::fprintf(stderr, "%s, %s: %s\n", p_.name.c_str(), name.c_str(), e.what());
    }
  }
  void add_product() {
    add_function("product", {spec(), spec()}, {x_.data(), along_.data()}, x_.size(),
                 [&](const Tensor& x, const Tensor& v) { return hvp(p_.f, x, v); });
  }
  // A function of one result, which is summed up.
  template <class Body>
  void add_function(const std::string& name, const std::vector<Spec>& specs, std::vector<const void*> from,
                    std::size_t elements, const Body& body) {
    std::shared_ptr<Function> f;
    making_[name] = seconds_of([&] {
      f = std::make_shared<Function>(ctx_, specs, body);
      f->compile();
    });
    const auto to = std::make_shared<Numbers>(elements);
    const auto call = [=, this] {
      void* out = to->data();
      detail::check(ctx_.get(), gt_function_run(ctx_.get(), f->get(), from.data(), from.size(), &out, 1));
    };
    turns_.add_call(name, call);
    for (double v : *to) sums_[name] += std::abs(v);
  }

  void begin(const char* comma, const char* kind) const {
    std::printf("%s\n\"%s\": {\"kind\": \"%s\", \"hessian\": %s, \"unknowns\": %zu, ", comma, p_.name.c_str(), kind,
                p_.hessian ? "true" : "false", x_.size());
  }
  void end() {
    const auto object = [](const char* key, const std::map<std::string, double>& all, int digits) {
      std::printf(", \"%s\": {", key);
      const char* comma = "";
      for (const auto& [name, value] : all) {
        std::printf("%s\"%s\": %.*g", comma, name.c_str(), digits, value);
        comma = ", ";
      }
      std::printf("}");
    };
    object("seconds", turns_.medians(), 9);
    object("making", making_, 9);
    object("sums", sums_, 15);
    std::printf("}");
    std::fflush(stdout);
  }

  const Context& ctx_;
  const Problem& p_;
  Numbers x_, along_;
  Tensor point_;
  Turns turns_;
  std::map<std::string, double> making_, sums_;
};

}  // namespace

int main(int argc, char** argv) {
  const Context ctx;
  gt_set_threads(ctx.get(), 1);
  const auto wanted = [&](const Problem& p) {
    return argc == 1 ||
           std::any_of(argv + 1, argv + argc, [&](const char* part) { return p.name.find(part) != std::string::npos; });
  };
  const char* comma = "";
  std::printf("{");
  for (const Problem& p : sparse_problems(ctx))
    if (wanted(p)) Measured(ctx, p).sparse(std::exchange(comma, ","));
  for (const Problem& p : dense_problems(ctx))
    if (wanted(p)) Measured(ctx, p).dense(std::exchange(comma, ","));
  std::printf("}\n");
}
