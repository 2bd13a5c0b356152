#include "plan/pipeline.hpp"

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "plan/ir/dump.hpp"
#include "plan/passes/halo.hpp"
#include "plan/passes/memory.hpp"
#include "plan/passes/rematerialise.hpp"
#include "plan/passes/row_feeding.hpp"
#include "plan/passes/steps.hpp"
#include "plan/verify/verify.hpp"

namespace gradtape::core {

namespace {
constexpr auto kNothing = [](Draft&) {};

constexpr Pass kPasses[] = {
    {"fuse", [](Draft& d) { d.groups = fuse(d.program, true); }, [](Draft& d) { d.groups = fuse(d.program, false); },
     verify_fused},
    {"rematerialise", [](Draft& d) { rematerialise(d.program, d.groups); }, kNothing, verify_groups},
    {"halo", [](Draft& d) { fuse_halos(d.program, d.groups); }, kNothing, verify_groups},
    {"steps", [](Draft& d) { d.plan.steps = make_steps(d.program, d.groups); }, nullptr, verify_steps},
    {"feed", [](Draft& d) { feed_rows(d.program, d.plan.steps); }, kNothing, verify_steps},
    {"memory", [](Draft& d) { assign_memory(d.program, d.plan); }, nullptr, verify_memory},
};

std::vector<std::string_view> names_in(const char* variable) {
  std::vector<std::string_view> names;
  const char* value = std::getenv(variable);
  std::string_view text = value ? value : "";
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    names.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return names;
}

// By pass, whether a variable of the environment names it. `more`: a name that stands for no pass.
class Names {
 public:
  Names(const char* variable, std::string_view more, bool (*may_be_named)(const Pass&)) : by_pass_{} {
    for (const std::string_view name : names_in(variable)) {
      more_ |= name == more;
      bool known = name == more;
      for (std::size_t i = 0; i < std::size(kPasses); ++i)
        if (may_be_named(kPasses[i]) && name == kPasses[i].name) by_pass_[i] = known = true;
      if (!known) refuse(variable, name, more, may_be_named);
    }
  }
  bool operator[](std::size_t pass) const { return by_pass_[pass]; }
  bool more() const { return more_; }

 private:
  [[noreturn]] static void refuse(const char* variable, std::string_view name, std::string_view more,
                                  bool (*may_be_named)(const Pass&)) {
    std::string all(more);
    for (const Pass& pass : kPasses)
      if (may_be_named(pass)) all += fmt::format(", {}", pass.name);
    invalid("{}: no pass is called '{}'; give some of {}, with commas between them", variable, name, all);
  }

  bool by_pass_[std::size(kPasses)];
  bool more_ = false;
};

struct Settings {
  Names skipped{"GRADTAPE_SKIP", "all", [](const Pass& p) { return p.skip != nullptr; }};
  Names dumped{"GRADTAPE_DUMP", "program", [](const Pass&) { return true; }};
#ifdef NDEBUG
  bool verifies = std::getenv("GRADTAPE_VERIFY") && std::string_view(std::getenv("GRADTAPE_VERIFY")) == "1";
#else
  bool verifies = true;
#endif
};
const Settings& settings() {
  static const Settings all;
  return all;
}

void print(const char* pass, const std::string& text) {
  const std::string all = fmt::format("==> {}\n{}", pass, text);
  std::fwrite(all.data(), 1, all.size(), stderr);
}

// Lists that most plans keep inside are not looked at.
std::size_t bytes_taken(const Plan& plan) {
  const auto all = [](const auto&... list) { return (... + (list.capacity() * sizeof *list.data())); };
  constexpr std::size_t kRemembering = 256;  // list and map of the evaluator, counts
  std::size_t bytes =
      kRemembering + sizeof plan +
      all(plan.steps, plan.slots, plan.locations, plan.constants, plan.result_slots, plan.result_ops, plan.results);
  bytes += plan.constants.size() * sizeof(Buffer);
  for (const Step& s : plan.steps) {
    bytes += s.in.size() * sizeof(Operand) + s.out.size() * sizeof(uint32_t) + (s.attrs ? sizeof(Attrs) : 0);
    if (!s.body) continue;
    const Loop& l = *s.body;
    bytes += sizeof l + all(l.ports, l.fills, l.instructions, l.partial_reductions, l.runs);
  }
  return bytes;
}
}  // namespace

std::span<const Pass> passes() { return kPasses; }

PlanPtr make_plan(const Program& program, BlockCache& memory) {
  const Settings& s = settings();
  Draft draft{program, {}, {}};
  draft.plan.slots = program.slots;
  draft.plan.results = program.results;
  if (s.verifies) verify_program(program);
  if (s.dumped.more()) print("program", dump(program));
  for (std::size_t i = 0; i < std::size(kPasses); ++i) {
    const Pass& pass = kPasses[i];
    (pass.skip && (s.skipped[i] || s.skipped.more()) ? pass.skip : pass.run)(draft);
    if (s.verifies) pass.verify(draft);
    if (s.dumped[i]) print(pass.name, dump(draft));
  }
  const Op* last = program.instructions.empty() ? nullptr : program.instructions.back().of;
  const std::string_view of = last ? std::string_view(last->name) : "plan";
  auto plan = std::make_shared<Plan>(std::move(draft.plan));
  plan->memory = Counted(memory, &BlockCache::Stats::plans, bytes_taken(*plan), of);
  return plan;
}

}  // namespace gradtape::core
