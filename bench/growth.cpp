// Growth of time with size: the program runs each case at doubling sizes, and fits the exponent of its growth. 1 is
// linear, and a case is marked if its exponent is well above that.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "gradtape/gradtape.h"

namespace {

using Tensors = std::vector<gt_tensor>;
constexpr double kMarked = 1.35;      // an exponent from which a case is marked
constexpr double kLongest = 0.5;      // seconds: sizes grow until a run takes as long
constexpr double kMeasurable = 2e-3;  // seconds: shorter runs do not count for the fit

struct Session {
  gt_context ctx = nullptr;
  Session() { gt_context_create(&ctx); }
  ~Session() { gt_context_destroy(ctx); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  gt_tensor vector(std::size_t n, float value = 0.5f) const {
    const std::vector<float> values(n, value);
    const auto size = static_cast<int64_t>(n);
    return gt_tensor_create(ctx, GT_FLOAT32, &size, 1, values.data(), n * sizeof(float));
  }
  Tensors vectors(std::size_t count, std::size_t n) const {
    Tensors all;
    for (std::size_t i = 0; i < count; ++i) all.push_back(vector(n));
    return all;
  }
  gt_tensor slice(gt_tensor x, std::size_t begin, int64_t size) const {
    const auto first = static_cast<int64_t>(begin);
    return gt_slice(ctx, x, &first, 1, &size, 1);
  }
  gt_tensor sum(gt_tensor x) const { return gt_reduce_sum(ctx, x, nullptr, 0, 0); }
  gt_tensor total(const Tensors& terms) const {
    gt_tensor y = terms[0];
    for (std::size_t i = 1; i < terms.size(); ++i) y = gt_add(ctx, y, terms[i]);
    return y;
  }
  void eval(const Tensors& all) const { gt_eval(ctx, all.data(), all.size()); }
  // The gradients of the sum of y by all sources, computed.
  void gradient(gt_tape tape, gt_tensor y, const Tensors& sources) const {
    Tensors gradients(sources.size());
    gt_tape_gradient(ctx, tape, &y, 1, sources.data(), sources.size(), nullptr, GT_UNCONNECTED_ZERO, gradients.data());
    eval(gradients);
  }
  gt_tape watching(const Tensors& sources) const {
    gt_tape tape = gt_tape_begin(ctx, 0);
    for (gt_tensor x : sources) gt_tape_watch(ctx, tape, x);
    return tape;
  }
};

struct Case {
  const char* name;
  std::function<void(const Session&, std::size_t n)> run;
};

gt_tensor chain(const Session& s, gt_tensor x, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) x = i % 2 ? gt_sin(s.ctx, x) : gt_multiply(s.ctx, x, x);
  return x;
}
gt_status many_ops(gt_context ctx, void* n, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n_out) {
  gt_tensor x = in[0];
  for (std::size_t i = 0; i < *static_cast<std::size_t*>(n); ++i) x = i % 2 ? gt_sin(ctx, x) : gt_multiply(ctx, x, x);
  out[0] = x;
  *n_out = 1;
  return GT_OK;
}
gt_status many_variables(gt_context ctx, void* data, const gt_tensor* in, size_t, gt_tensor* out, size_t,
                         size_t* n_out) {
  out[0] = in[0];
  for (gt_tensor v : *static_cast<Tensors*>(data)) {
    out[0] = gt_add(ctx, out[0], v);
    gt_assign_add(ctx, v, in[0]);
  }
  *n_out = 1;
  return GT_OK;
}
void make_function(const Session& s, gt_forward_fn body, void* data) {
  const gt_spec spec = {GT_FLOAT32, 1, {4}};
  gt_function f = gt_function_create(s.ctx, body, data, nullptr, &spec, 1);
  gt_tensor x = s.vector(4), y = nullptr;
  gt_function_call(s.ctx, f, &x, 1, &y, 1, nullptr);
}

// Pieces that begin every 16 entries.
void gradient_of_pieces(const Session& s, std::size_t n, int64_t length) {
  const Tensors x = {s.vector(16 * n + static_cast<std::size_t>(length))};
  gt_tape tape = s.watching(x);
  Tensors terms;
  for (std::size_t i = 0; i < n; ++i) terms.push_back(gt_sin(s.ctx, s.slice(x[0], 16 * i, length)));
  s.gradient(tape, s.total(terms), x);
}
void gradient_of_parts(const Session& s, const Tensors& x, gt_tape tape, const Tensors& parts) {
  Tensors terms;
  for (gt_tensor part : parts) terms.push_back(gt_sin(s.ctx, part));
  s.gradient(tape, s.total(terms), x);
}
void joined(const Session& s, std::size_t n, const std::function<gt_tensor(const Tensors&)>& join) {
  const Tensors x = s.vectors(n, 4);
  gt_tape tape = s.watching(x);
  s.gradient(tape, gt_sin(s.ctx, join(x)), x);
}

const std::vector<Case> kCases = {
    {"a chain of n ops", [](const Session& s, std::size_t n) { s.eval({chain(s, s.vector(4), n)}); }},
    {"the gradient of a chain",
     [](const Session& s, std::size_t n) {
       const Tensors x = {s.vector(4)};
       gt_tape tape = s.watching(x);
       s.gradient(tape, chain(s, x[0], n), x);
     }},
    {"the tangent of a chain",
     [](const Session& s, std::size_t n) {
       gt_tensor x = s.vector(4), tangent = s.vector(4), moved = nullptr;
       gt_tape tape = s.watching({x});
       gt_tensor y = chain(s, x, n);
       gt_tape_jvp(s.ctx, tape, &y, 1, &x, 1, &tangent, GT_UNCONNECTED_ZERO, &moved);
       s.eval({moved});
     }},
    {"the gradient of a gradient of a chain",
     [](const Session& s, std::size_t n) {
       const Tensors x = {s.vector(4)};
       gt_tape outer = s.watching(x), inner = s.watching(x);
       gt_tensor y = chain(s, x[0], n), g = nullptr;
       gt_tape_gradient(s.ctx, inner, &y, 1, x.data(), 1, nullptr, GT_UNCONNECTED_ZERO, &g);
       s.gradient(outer, g, x);
     }},
    {"the gradient of n slices of one tensor", [](const Session& s, std::size_t n) { gradient_of_pieces(s, n, 16); }},
    {"the gradient of n slices that overlap", [](const Session& s, std::size_t n) { gradient_of_pieces(s, n, 40); }},
    {"the gradient of unstack",
     [](const Session& s, std::size_t n) {
       const Tensors x = {s.vector(n)};
       gt_tape tape = s.watching(x);
       Tensors parts(n);
       gt_unstack(s.ctx, x[0], 0, parts.data(), n, nullptr);
       gradient_of_parts(s, x, tape, parts);
     }},
    {"the gradient of n entries by gather",
     [](const Session& s, std::size_t n) {
       const Tensors x = {s.vector(n)};
       gt_tape tape = s.watching(x);
       Tensors parts;
       for (std::size_t i = 0; i < n; ++i) {
         const auto at = static_cast<int64_t>(i);
         parts.push_back(gt_gather(s.ctx, x[0], gt_tensor_create(s.ctx, GT_INT64, nullptr, 0, &at, sizeof at), 0, 0));
       }
       gradient_of_parts(s, x, tape, parts);
     }},
    {"the gradient of concat by n inputs",
     [](const Session& s, std::size_t n) {
       joined(s, n, [&](const Tensors& x) { return gt_concat(s.ctx, x.data(), n, 0); });
     }},
    {"the gradient of stack along the last axis",
     [](const Session& s, std::size_t n) {
       joined(s, n, [&](const Tensors& x) { return gt_stack(s.ctx, x.data(), n, -1); });
     }},
    {"the gradient of a sum of n terms of one tensor",
     [](const Session& s, std::size_t n) {
       const Tensors x = {s.vector(4)};
       gt_tape tape = s.watching(x);
       gradient_of_parts(s, x, tape, Tensors(n, x[0]));
     }},
    {"n reductions of one tensor",
     [](const Session& s, std::size_t n) {
       gt_tensor x = gt_sin(s.ctx, s.vector(64));
       Tensors sums;
       for (std::size_t i = 0; i < n; ++i)
         sums.push_back(s.sum(gt_multiply(s.ctx, x, gt_scalar(s.ctx, static_cast<double>(i)))));
       s.eval(sums);
     }},
    {"the gradient by n sources of a sum",
     [](const Session& s, std::size_t n) { joined(s, n, [&](const Tensors& x) { return s.total(x); }); }},
    {"the gradient of n targets",
     [](const Session& s, std::size_t n) {
       gt_tensor x = s.vector(4), g = nullptr;
       gt_tape tape = s.watching({x});
       Tensors y;
       for (std::size_t i = 0; i < n; ++i) y.push_back(gt_sin(s.ctx, x));
       gt_tape_gradient(s.ctx, tape, y.data(), n, &x, 1, nullptr, GT_UNCONNECTED_ZERO, &g);
       s.eval({g});
     }},
    {"n variables, read on a tape, with their gradients",
     [](const Session& s, std::size_t n) {
       Tensors v;
       for (gt_tensor x : s.vectors(n, 4)) v.push_back(gt_variable(s.ctx, x));
       gt_tape tape = gt_tape_begin(s.ctx, 0);
       gt_tensor y = s.total(v);
       s.gradient(tape, y, v);
     }},
    {"n variables, assigned and read one by one",
     [](const Session& s, std::size_t n) {
       Tensors v;
       for (gt_tensor x : s.vectors(n, 4)) v.push_back(gt_variable(s.ctx, x));
       for (gt_tensor x : v) {
         float value[4];
         gt_assign_add(s.ctx, x, x);
         gt_tensor_read(s.ctx, x, value, sizeof value);
       }
     }},
    {"a function that reads and assigns n variables",
     [](const Session& s, std::size_t n) {
       Tensors v;
       for (gt_tensor x : s.vectors(n, 4)) v.push_back(gt_variable(s.ctx, x));
       make_function(s, many_variables, &v);
     }},
    {"a function of n ops", [](const Session& s, std::size_t n) { make_function(s, many_ops, &n); }},
    {"n ops beside n tapes that watch other tensors",
     [](const Session& s, std::size_t n) {
       for (gt_tensor x : s.vectors(n, 1)) s.watching({x});
       s.eval({chain(s, s.vector(4), n)});
     }},
    {"n tapes that record one op each, in turn",
     [](const Session& s, std::size_t n) {
       Tensors x = s.vectors(n, 1), gradients;
       std::vector<gt_tape> tapes;
       for (gt_tensor t : x) tapes.push_back(s.watching({t}));
       for (std::size_t i = 0; i < n; ++i) {
         gt_tensor y = gt_sin(s.ctx, x[i]), g = nullptr;
         gt_tape_gradient(s.ctx, tapes[i], &y, 1, &x[i], 1, nullptr, GT_UNCONNECTED_NULL, &g);
         gradients.push_back(g);
       }
       s.eval(gradients);
     }},
    {"one op on n tapes, which then end and give their gradients",
     [](const Session& s, std::size_t n) {
       gt_tensor x = s.vector(4);
       std::vector<gt_tape> tapes;
       for (std::size_t i = 0; i < n; ++i) tapes.push_back(s.watching({x}));
       gt_tensor y = gt_sin(s.ctx, x);
       for (gt_tape tape : tapes) gt_tape_end(s.ctx, tape);
       for (gt_tape tape : tapes) {
         gt_tensor g = nullptr;
         gt_tape_gradient(s.ctx, tape, &y, 1, &x, 1, nullptr, GT_UNCONNECTED_NULL, &g);
       }
     }},
    {"a scope that keeps n tensors",
     [](const Session& s, std::size_t n) {
       gt_scope_begin(s.ctx);
       const Tensors x = s.vectors(n, 1);
       gt_scope_end(s.ctx, x.data(), n);
     }},
    {"n scopes, one in the other",
     [](const Session& s, std::size_t n) {
       for (std::size_t i = 0; i < n; ++i) gt_scope_begin(s.ctx), s.vector(1);
       for (std::size_t i = 0; i < n; ++i) gt_scope_end(s.ctx, nullptr, 0);
     }},
    {"n pending tensors, read one by one",
     [](const Session& s, std::size_t n) {
       gt_tensor x = s.vector(4);
       Tensors y;
       for (std::size_t i = 0; i < n; ++i) y.push_back(x = gt_sin(s.ctx, x));
       for (gt_tensor t : y) {
         float value[4];
         gt_tensor_read(s.ctx, t, value, sizeof value);
       }
     }},
    {"a lattice of n ops that meet and part",
     [](const Session& s, std::size_t n) {
       const Tensors x = {s.vector(4)};
       gt_tape tape = s.watching(x);
       gt_tensor y = x[0];
       for (std::size_t i = 0; i < n / 4; ++i)
         y = gt_add(s.ctx, gt_sin(s.ctx, y), gt_multiply(s.ctx, gt_cos(s.ctx, y), y));
       s.gradient(tape, y, x);
     }},
    {"the description of a graph of n nodes",
     [](const Session& s, std::size_t n) {
       gt_tensor y = chain(s, s.vector(4), n);
       std::size_t needed = 0;
       gt_graph_describe(s.ctx, &y, 1, GT_GRAPH_TEXT, nullptr, 0, &needed);
     }},
};

double seconds_of(const Case& c, std::size_t n) {
  double best = INFINITY;
  for (int round = 0; round < 3; ++round) {
    Session s;
    gt_set_threads(s.ctx, 1);
    const auto start = std::chrono::steady_clock::now();
    c.run(s, n);
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    std::string message(512, '\0');
    if (gt_take_error(s.ctx, message.data(), message.size(), nullptr) != GT_OK) {
      std::printf("%s: %s\n", c.name, message.c_str());
      return NAN;
    }
    if (best > kLongest) break;
  }
  return best;
}

// The slope of log(seconds) over log(n), over the larger half of the sizes.
double exponent(const std::vector<std::pair<double, double>>& points) {
  const std::size_t first = points.size() / 2;
  double mx = 0, my = 0, xy = 0, xx = 0;
  const auto count = static_cast<double>(points.size() - first);
  for (std::size_t i = first; i < points.size(); ++i) mx += points[i].first / count, my += points[i].second / count;
  for (std::size_t i = first; i < points.size(); ++i) {
    xy += (points[i].first - mx) * (points[i].second - my);
    xx += (points[i].first - mx) * (points[i].first - mx);
  }
  return xx > 0 ? xy / xx : NAN;
}
}  // namespace

// Arguments: parts of the names of the cases to run; none: all.
int main(int argc, char** argv) {
  std::printf("| case | largest n | time | of it each | exponent |\n|---|---|---|---|---|\n");
  for (const Case& c : kCases) {
    const std::string name = c.name;
    const auto named = [&](const char* part) { return name.find(part) != std::string::npos; };
    if (argc > 1 && std::none_of(argv + 1, argv + argc, named)) continue;
    std::vector<std::pair<double, double>> points;
    double seconds = 0;
    std::size_t n = 64;
    for (; n <= (1 << 15) && seconds < kLongest / 2; n *= 2) {
      seconds = seconds_of(c, n);
      if (seconds > kMeasurable || n >= 4096) points.push_back({std::log(static_cast<double>(n)), std::log(seconds)});
    }
    n /= 2;
    const double e = exponent(points);
    std::printf("| %s | %zu | %.1f ms | %.2f us | %.2f%s |\n", c.name, n, seconds * 1e3,
                seconds * 1e6 / static_cast<double>(n), e, e > kMarked ? " !" : "");
    std::fflush(stdout);
  }
}
