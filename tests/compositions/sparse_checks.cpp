// Sparse derivatives of compositions against dense ones.
#include "sparse_checks.hpp"

#include <functional>

#include "support/sparse_support.hpp"

namespace test {

SparseCounts& sparse_counts() {
  static SparseCounts c;
  return c;
}

namespace {
constexpr double kTolerance = 1e-9;
constexpr int32_t kModes[] = {GT_MODE_AUTO, GT_MODE_FORWARD, GT_MODE_REVERSE, GT_MODE_BOTH};

void must(gt_context c, gt_status status) {
  if (status == GT_OK) return;
  char text[2048] = "";
  gt_take_error(c, text, sizeof text, nullptr);
  throw std::runtime_error(text);
}
gt_tensor must(gt_context c, gt_tensor t) {
  if (!t) must(c, GT_INTERNAL);
  return t;
}

// The program's own point, and points around it.
Handles sources_at(gt_context c, const Program& p, std::size_t point) {
  Random random(point);
  Handles result;
  for (const std::size_t node : p.sources()) {
    Values v = p.nodes[node].values;
    for (double& x : v)
      if (point > 0) x += std::uniform_real_distribution<double>(-0.8, 0.8)(random);
    result.push_back(leaf_tensor(c, p.nodes[node], &v));
  }
  return result;
}
gt_tensor target_of(gt_context c, const Program& p, const Handles& sources) {
  const auto outputs = build(c, p, sources);
  if (outputs.size() < p.nodes.size() || outputs.back().empty()) must(c, GT_INVALID_ARGUMENT);
  return outputs.at(p.target.node).at(p.target.output);
}

// f of the sources under a tape.
using Function = std::function<gt_tensor(gt_context, const Handles&)>;
struct Recorded {
  Recorded(gt_context ctx, const Function& f, Handles at) : c(ctx), sources(std::move(at)) {
    tape = gt_tape_begin(c, GT_TAPE_PERSISTENT);
    for (gt_tensor s : sources) must(c, gt_tape_watch(c, tape, s));
    target = f(c, sources);
    must(c, gt_tape_end(c, tape));
  }
  SparseView view() const { return {c, tape, target, sources}; }

  gt_context c;
  Handles sources;
  gt_tape tape;
  gt_tensor target;
};
Function function_of(const Program& p) {
  return [&p](gt_context c, const Handles& sources) { return target_of(c, p, sources); };
}

struct Kind {
  std::string name;
  bool hessian;
  gt_sparsity sparsity(const SparseView& v, int32_t mode, int32_t triangle = GT_TRIANGLE_FULL) const {
    // A mode is one of products with vectors.
    const gt_sparse_options o = SparseView::with(mode, triangle, GT_DEPENDENCE_EXACT,
                                                 mode == GT_MODE_AUTO ? GT_SPARSE_AUTO : GT_SPARSE_COMPRESS);
    return hessian ? v.hessian_sparsity(o) : v.jacobian_sparsity(o);
  }
  Matrix dense(const SparseView& v) const { return hessian ? v.hessian() : v.jacobian(); }
};
const Kind kKinds[] = {{"Jacobian", false}, {"Hessian", true}};

std::string fault_of_symmetry(const SparseView& v, const Csr& p, const std::vector<double>& values,
                              bool with_triangles) {
  std::string found;
  p.for_each([&](std::size_t i, std::size_t j, std::size_t k) {
    const auto begin = p.columns.begin() + p.offsets[j], end = p.columns.begin() + p.offsets[j + 1];
    const auto mirrored = std::lower_bound(begin, end, static_cast<int64_t>(i));
    if (mirrored == end || *mirrored != static_cast<int64_t>(i))
      found = "the pattern is not symmetric";
    else if (values[static_cast<std::size_t>(mirrored - p.columns.begin())] != values[k] && !std::isnan(values[k]))
      found = "values are not symmetric";
  });
  for (const int32_t triangle : {GT_TRIANGLE_LOWER, GT_TRIANGLE_UPPER}) {
    if (!with_triangles) break;
    const gt_sparsity s = v.hessian_sparsity(SparseView::with(GT_MODE_AUTO, triangle));
    const auto [part, places] = triangle_of(p, triangle);
    const std::vector<double> of_part = v.values(s);
    if (v.pattern(s) != part || of_part.size() != places.size()) return "triangle: another pattern";
    for (std::size_t k = 0; k < places.size(); ++k)
      if (of_part[k] != values[places[k]] && !std::isnan(of_part[k])) found = "triangle: other values";
  }
  return found;
}

// Pattern and values at the first point, the pattern at others.
std::string fault_of(const Kind& kind, const Program& p, const Function& f, const std::string& where) {
  Ctx c;
  const Recorded first(c, f, sources_at(c, p, 0));
  const Csr pattern = first.view().pattern(kind.sparsity(first.view(), GT_MODE_AUTO));
  std::set<std::pair<std::size_t, std::size_t>> seen;
  for (std::size_t point = 0; point < 3; ++point) {
    const Recorded r(c, f, sources_at(c, p, point));
    const SparseView v = r.view();
    if (v.pattern(kind.sparsity(v, GT_MODE_AUTO)) != pattern) return kind.name + " pattern: depends on numbers";
    const Matrix m = kind.dense(v);
    if (const std::string lacking = lacking_entry(pattern, m); !lacking.empty()) return kind.name + ": " + lacking;
    for (std::size_t i = 0; i < m.rows; ++i)
      for (std::size_t j = 0; j < m.columns; ++j)
        if (m(i, j) != 0) seen.insert({i, j});
    if (const gt_sparsity s = point == 0 ? v.accumulating(kind.hessian) : nullptr) {
      ++sparse_counts().accumulated;
      if (v.pattern(s) != pattern) return kind.name + " pattern: depends on the method";
      if (std::string wrong = wrong_value(pattern, v.values(s), m, kTolerance); !wrong.empty())
        return kind.name + " accumulated: " + wrong;
    }
    for (const int32_t mode : kModes) {
      if (point > 0) continue;
      const gt_sparsity s = kind.sparsity(v, mode);
      const std::vector<double> values = v.values(s);
      if (std::string wrong = wrong_value(pattern, values, m, kTolerance); !wrong.empty())
        return kind.name + " by mode " + std::to_string(mode) + ": " + wrong;
      if (!kind.hessian) continue;
      if (std::string wrong = fault_of_symmetry(v, pattern, values, mode == GT_MODE_AUTO); !wrong.empty())
        return kind.name + ": " + wrong;
    }
  }
  if (!where.empty()) return "";
  sparse_counts().entries += pattern.columns.size();
  sparse_counts().never += pattern.columns.size() - seen.size();
  return "";
}
std::string both_faults(const Program& p, const Function& f, const std::string& where = "") {
  for (const Kind& kind : kKinds)
    if (const std::string found = fault_of(kind, p, f, where); !found.empty()) return where + found;
  return "";
}

template <class F>
std::string guarded(F&& f) {
  try {
    return f();
  } catch (const std::exception& e) {
    return std::string("an error: ") + e.what();
  }
}

// A body of the interface that calls a C++ function.
using Body = std::function<Handles(gt_context, const Handles&)>;
gt_status run_body(gt_context c, void* user, const gt_tensor* in, std::size_t n, gt_tensor* out, std::size_t,
                   std::size_t* n_out) {
  try {
    const Handles results = (*static_cast<Body*>(user))(c, Handles(in, in + n));
    std::copy(results.begin(), results.end(), out);
    *n_out = results.size();
    return GT_OK;
  } catch (const std::exception& e) {
    gt_set_error(c, GT_INTERNAL, e.what());
    return GT_INTERNAL;
  }
}
void free_body(void* user) { delete static_cast<Body*>(user); }

// ---- Programs inside others

gt_tensor in_checkpoint(gt_context c, const Function& f, const Handles& sources) {
  gt_tensor out = nullptr;
  auto* body = new Body([f](gt_context inner, const Handles& in) { return Handles{f(inner, in)}; });
  must(c, gt_checkpoint(c, run_body, body, free_body, sources.data(), sources.size(), nullptr, &out, 1, nullptr));
  return out;
}
gt_tensor in_branch(gt_context c, const Function& f, const Handles& sources) {
  gt_tensor out = nullptr;
  const gt_tensor yes = tensor<uint8_t>(c, {}, {1});
  auto* body = new Body([f](gt_context inner, const Handles& in) { return Handles{f(inner, in)}; });
  must(c, gt_cond(c, yes, run_body, run_body, body, free_body, sources.data(), sources.size(), &out, 1, nullptr));
  return out;
}
// A step carries the sources on, and gives the target: those of both steps lie in the result.
gt_tensor in_scan(gt_context c, const Function& f, const Handles& sources) {
  auto* body = new Body([f, n = sources.size()](gt_context inner, const Handles& in) {
    const Handles carried(in.begin(), in.begin() + static_cast<long>(n));
    Handles out;
    for (gt_tensor x : carried) out.push_back(must(inner, gt_sin(inner, x)));
    out.push_back(f(inner, carried));
    return out;
  });
  gt_scan_options o{};
  o.struct_size = sizeof o;
  o.length = 2;
  Handles out(sources.size() + 1);
  must(c, gt_scan(c, run_body, body, free_body, sources.data(), sources.size(), nullptr, 0, &o, out.data(), out.size(),
                  nullptr));
  return out.back();
}

// ---- Values inside functions, maps and derivatives

struct Sparsities {
  gt_sparsity of[2];
  Csr pattern[2];
};
Sparsities sparsities_of(gt_context c, const Program& p) {
  const Recorded r(c, function_of(p), sources_at(c, p, 0));
  Sparsities s{};
  for (std::size_t k = 0; k < 2; ++k) {
    s.of[k] = kKinds[k].sparsity(r.view(), GT_MODE_AUTO);
    s.pattern[k] = r.view().pattern(s.of[k]);
  }
  return s;
}
Handles both_values(gt_context c, const Program& p, const Sparsities& s, const Handles& sources) {
  const Recorded r(c, function_of(p), sources);
  const Handles values{r.view().values_tensor(s.of[0]), r.view().values_tensor(s.of[1])};
  gt_release(c, r.tape);
  return values;
}
std::string compare(gt_context c, const std::string& where, const Program& p, const Sparsities& s,
                    const Handles& sources, const std::vector<double> (&values)[2]) {
  const Recorded r(c, function_of(p), sources);
  for (std::size_t k = 0; k < 2; ++k)
    if (std::string wrong = wrong_value(s.pattern[k], values[k], kKinds[k].dense(r.view()), kTolerance); !wrong.empty())
      return where + ", " + kKinds[k].name + ": " + wrong;
  return "";
}

std::string fault_in_function(const Program& p) {
  Ctx c;
  const Sparsities s = sparsities_of(c, p);
  std::vector<gt_spec> specs;
  for (const std::size_t node : p.sources()) {
    specs.push_back({GT_FLOAT64, static_cast<int32_t>(p.nodes[node].shape.size()), {}});
    std::copy(p.nodes[node].shape.begin(), p.nodes[node].shape.end(), specs.back().dims);
  }
  auto* body = new Body([&](gt_context inner, const Handles& in) { return both_values(inner, p, s, in); });
  const gt_function f = gt_function_create(c, run_body, body, free_body, specs.data(), specs.size());
  if (!f) must(c, GT_INTERNAL);
  for (std::size_t point = 1; point < 3; ++point) {
    const Handles at = sources_at(c, p, point);
    Handles out(2);
    must(c, gt_function_call(c, f, at.data(), at.size(), out.data(), out.size(), nullptr));
    const std::vector<double> values[2] = {numbers(c, out[0]), numbers(c, out[1])};
    if (std::string found = compare(c, "function", p, s, at, values); !found.empty()) return found;
  }
  return "";
}

std::string fault_in_map(const Program& p) {
  Ctx c;
  const Sparsities s = sparsities_of(c, p);
  const Handles points[2] = {sources_at(c, p, 0), sources_at(c, p, 1)};
  Handles stacked;
  for (std::size_t i = 0; i < points[0].size(); ++i)
    stacked.push_back(apply(c, "stack", {points[0][i], points[1][i]}, {{"axis", 0}}).at(0));
  auto* body = new Body([&](gt_context inner, const Handles& in) { return both_values(inner, p, s, in); });
  Handles out(2);
  must(c, gt_vmap(c, run_body, body, free_body, stacked.data(), stacked.size(), nullptr, nullptr, nullptr, out.data(),
                  2, nullptr));
  for (std::size_t point = 0; point < 2; ++point) {
    std::vector<double> values[2];
    for (std::size_t k = 0; k < 2; ++k) {
      const std::vector<double> all = numbers(c, out[k]);
      const std::size_t n = s.pattern[k].columns.size();
      values[k].assign(all.begin() + static_cast<long>(point * n), all.begin() + static_cast<long>((point + 1) * n));
    }
    if (std::string found = compare(c, "map", p, s, points[point], values); !found.empty()) return found;
  }
  return "";
}

// The gradient of the weighted values against that of the weighted dense Jacobian.
std::string fault_of_derivative(const Program& p) {
  Ctx c;
  const Sparsities s = sparsities_of(c, p);
  const Handles at = sources_at(c, p, 1);
  const gt_tape outer = gt_tape_begin(c, GT_TAPE_PERSISTENT);
  for (gt_tensor x : at) must(c, gt_tape_watch(c, outer, x));
  const Recorded r(c, function_of(p), at);
  const gt_tensor values = r.view().values_tensor(s.of[0]);
  gt_jacobian_options o{};
  o.struct_size = sizeof o;
  o.unconnected = GT_UNCONNECTED_ZERO;
  Handles blocks(at.size());
  must(c, gt_tape_jacobian(c, r.tape, r.target, at.data(), at.size(), &o, blocks.data()));
  std::vector<double> w(s.pattern[0].columns.size());
  for (std::size_t k = 0; k < w.size(); ++k) w[k] = std::cos(1.3 * static_cast<double>(k) + 0.4);
  // The same weights on the entries of each block, and 0 on all others.
  Handles targets{values}, weights{tensor<double>(c, {static_cast<int64_t>(w.size())}, w)};
  Handles dense_targets, dense_weights;
  std::size_t first = 0;
  for (std::size_t i = 0; i < at.size(); ++i) {
    const std::size_t width = count(shape_of(c, at[i]));
    std::vector<double> of_block(count(shape_of(c, blocks[i])), 0.0);
    s.pattern[0].for_each([&](std::size_t row, std::size_t column, std::size_t k) {
      if (column >= first && column < first + width) of_block[row * width + column - first] = w[k];
    });
    dense_targets.push_back(blocks[i]);
    dense_weights.push_back(tensor<double>(c, shape_of(c, blocks[i]), of_block));
    first += width;
  }
  must(c, gt_tape_end(c, outer));
  const auto gradient = [&](const Handles& of, const Handles& by) {
    Handles g(at.size());
    must(c, gt_tape_gradient(c, outer, of.data(), of.size(), at.data(), at.size(), by.data(), GT_UNCONNECTED_ZERO,
                             g.data()));
    std::vector<double> all;
    for (gt_tensor t : g)
      for (const double x : numbers(c, t)) all.push_back(x);
    return all;
  };
  const std::vector<double> got = gradient(targets, weights), want = gradient(dense_targets, dense_weights);
  double largest = 1;
  for (const double x : want)
    if (std::isfinite(x)) largest = std::max(largest, std::abs(x));
  for (std::size_t k = 0; k < want.size(); ++k)  // nan: at a kink, of elements that the pattern leaves out
    if (!(std::abs(got[k] - want[k]) <= kTolerance * largest) && !std::isnan(want[k]))
      return "derivative of the values: [" + std::to_string(k) + "] is " + std::to_string(got[k]) + " for " +
             std::to_string(want[k]);
  return "";
}
}  // namespace

std::string sparse_fault(const Program& p) {
  return guarded([&] { return both_faults(p, function_of(p)); });
}

std::string sparse_fault_inside(const Program& p) {
  return guarded([&]() -> std::string {
    const Function f = function_of(p);
    const std::pair<const char*, gt_tensor (*)(gt_context, const Function&, const Handles&)> places[] = {
        {"in a checkpoint, ", in_checkpoint}, {"in a branch, ", in_branch}, {"in a scan, ", in_scan}};
    for (const auto& [where, place] : places) {
      const auto inside = [&, in = place](gt_context c, const Handles& sources) { return in(c, f, sources); };
      if (std::string found = both_faults(p, inside, where); !found.empty()) return found;
    }
    for (auto* fault : {fault_in_function, fault_in_map, fault_of_derivative})
      if (std::string found = fault(p); !found.empty()) return found;
    return "";
  });
}

// ---- Samples

namespace {
// The batch Jacobian of the target by one source, both with samples along axis 0.
std::string fault_of_batch(gt_context c, const Recorded& r, std::size_t i, bool must_be_apart) {
  const Dims shape = shape_of(c, r.target), from = shape_of(c, r.sources[i]);
  if (shape.size() < 2 || from.size() < 2 || shape[0] != from[0] || count(shape) == 0 || count(from) == 0) return "";
  const Matrix m = SparseView(c, r.tape, r.target, {r.sources[i]}).jacobian();
  const std::size_t samples = static_cast<std::size_t>(shape[0]), rows = m.rows / samples,
                    columns = m.columns / samples;
  bool apart = true;
  for (std::size_t row = 0; row < m.rows; ++row)
    for (std::size_t column = 0; column < m.columns; ++column)
      if (m(row, column) != 0 && row / rows != column / columns) apart = false;
  gt_jacobian_options o{};
  o.struct_size = sizeof o;
  o.unconnected = GT_UNCONNECTED_ZERO;
  gt_tensor j = nullptr;
  const gt_status status = gt_tape_batch_jacobian(c, r.tape, r.target, r.sources[i], &o, &j);
  ++sparse_counts().batches;
  sparse_counts().apart += apart;
  if (status != GT_OK) {
    char text[2048] = "";
    gt_take_error(c, text, sizeof text, nullptr);
    if (status != GT_FAILED_PRECONDITION) return std::string("batch error: ") + text;
    sparse_counts().refused += apart;
    return must_be_apart ? std::string("batch refused: ") + text : "";
  }
  if (!apart) return "batch accepted: samples of source " + std::to_string(i) + " mix";
  const std::vector<double> got = numbers(c, j);
  for (std::size_t k = 0; k < got.size(); ++k) {
    const std::size_t row = k / columns, column = row / rows * columns + k % columns;
    if (std::abs(got[k] - m(row, column)) > kTolerance * std::max(1.0, std::abs(got[k])))
      return "batch values: [" + std::to_string(k) + "] is " + std::to_string(got[k]);
  }
  return "";
}
}  // namespace

std::string batch_fault(const Program& p) {
  return guarded([&]() -> std::string {
    Ctx c;
    const Recorded r(c, function_of(p), sources_at(c, p, 1));
    for (std::size_t i = 0; i < r.sources.size(); ++i)
      if (std::string found = fault_of_batch(c, r, i, false); !found.empty()) return found;
    // The program for each sample of a batch.
    Handles stacked;
    const Handles points[2] = {sources_at(c, p, 1), sources_at(c, p, 2)};
    for (std::size_t i = 0; i < r.sources.size(); ++i)
      stacked.push_back(apply(c, "stack", {points[0][i], points[1][i], points[0][i]}, {{"axis", 0}}).at(0));
    const auto mapped = [&](gt_context inner, const Handles& in) {
      auto* body = new Body([&](gt_context of, const Handles& sample) { return Handles{target_of(of, p, sample)}; });
      gt_tensor out = nullptr;
      must(inner, gt_vmap(inner, run_body, body, free_body, in.data(), in.size(), nullptr, nullptr, nullptr, &out, 1,
                          nullptr));
      return out;
    };
    const Recorded batch(c, mapped, stacked);
    for (std::size_t i = 0; i < stacked.size(); ++i)
      if (std::string found = fault_of_batch(c, batch, i, true); !found.empty()) return "map, " + found;
    return "";
  });
}

}  // namespace test
