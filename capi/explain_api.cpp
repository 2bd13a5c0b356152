// Labels, and the answers to why a derivative is as it is.
#include "autodiff/check.hpp"
#include "autodiff/explain.hpp"
#include "capi/derivatives.hpp"

using namespace gradtape::core;
using namespace gradtape::core::capi;

namespace {

// While one of these lives, numbers need not be finite: nobody asked for those at points nearby.
class Unchecked {
 public:
  explicit Unchecked(Context& c) : evaluator_(c.evaluator()), before_(std::exchange(evaluator_.checks_finite, false)) {}
  ~Unchecked() { evaluator_.checks_finite = before_; }
  Unchecked(const Unchecked&) = delete;
  Unchecked& operator=(const Unchecked&) = delete;

 private:
  Evaluator& evaluator_;
  bool before_;
};

CheckOptions options_from(const gt_check_options* given, const char* function) {
  const gt_check_options o = given ? read_struct(fmt::format("{}: options", function), given) : gt_check_options{};
  constexpr uint32_t kAll = GT_COMPARE_MODES | GT_COMPARE_DIFFERENCES | GT_COMPARE_LINEARITY | GT_COMPARE_SYMMETRY;
  if (o.compare & ~kAll)
    invalid("{}: options.compare are bits, GT_COMPARE_MODES 1 to GT_COMPARE_SYMMETRY 8, got {}", function, o.compare);
  if (o.reserved != 0) invalid("{}: options.reserved must be 0, got {}", function, o.reserved);
  if (!(o.tolerance >= 0 && o.tolerance < 1))
    invalid("{}: options.tolerance must be at least 0 and below 1, got {}", function, o.tolerance);
  CheckOptions options;
  if (o.compare != 0) options.compare = o.compare;
  options.tolerance = o.tolerance;
  options.seed = o.seed;
  return options;
}

}  // namespace

extern "C" {

gt_status gt_label(gt_context ctx, gt_tensor tensor, const char* label) {
  return guarded(ctx, [&](Context& c) {
    const Source s = c.source(tensor, "gt_label: tensor");
    std::string text = label ? tidy_label(label) : std::string();
    if (s.variable)
      s.variable->label = std::move(text);
    else
      c.recorder().annotations.set_label(s.tensor, std::move(text));
  });
}

gt_status gt_tape_explain(gt_context ctx, gt_tape tape, gt_tensor target, gt_tensor source, char* text, size_t capacity,
                          size_t* needed) {
  constexpr const char* name = "gt_tape_explain";
  clear_text(text, capacity, needed);
  return guarded(ctx, [&](Context& c) {
    const std::shared_ptr<Tape> t = c.tape(tape, "gt_tape_explain: tape");
    const Tensor to = c.peek(target, "gt_tape_explain: target");
    const Source by = c.source(source, "gt_tape_explain: source");
    const Looking looking(c);
    std::optional<Tape::Use> use;
    if (!t->is_used_up()) use.emplace(*t, name);  // a used-up tape has nothing to be kept still
    write_text(explain(*t, to, by), text, capacity, needed);
  });
}

gt_status gt_tape_check(gt_context ctx, gt_tape tape, gt_tensor target, const gt_tensor* sources, size_t n_sources,
                        const gt_check_options* options, char* report, size_t capacity, size_t* needed) {
  constexpr const char* name = "gt_tape_check";
  clear_text(report, capacity, needed);
  return guarded(ctx, [&](Context& c) {
    const std::shared_ptr<Tape> t = c.tape(tape, "gt_tape_check: tape");
    const CheckOptions o = options_from(options, name);
    const Tensor to = c.peek(target, "gt_tape_check: target");
    need_array(sources, n_sources, "gt_tape_check: sources");
    std::vector<Source> by;
    for (size_t i = 0; i < n_sources; ++i) by.push_back(c.source(sources[i], fmt::format("{}: source {}", name, i)));
    const Looking looking(c);
    const Tape::Use use(*t, name);
    c.evaluate(std::span(&to, 1));  // and all behind it: what the user made is under the context's checks
    const Unchecked unchecked(c);
    const CheckReport found = check(*t, to, by, o);
    write_text(found.text, report, capacity, needed);
    if (!found.fault.empty()) fail(Status::failed_precondition, "{}: {}", name, found.fault);
  });
}

gt_status gt_set_checks(gt_context ctx, uint32_t checks) {
  return guarded(ctx, [&](Context& c) {
    if (checks & ~uint32_t{GT_CHECK_FINITE | GT_CHECK_SPARSE})
      invalid("gt_set_checks: checks are bits, GT_CHECK_FINITE 1 and GT_CHECK_SPARSE 2, got {}", checks);
    c.checks_sparse = (checks & GT_CHECK_SPARSE) != 0;
    c.recorder().notes_origins = c.evaluator().checks_finite = (checks & GT_CHECK_FINITE) != 0;
  });
}

}  // extern "C"
