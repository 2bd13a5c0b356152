// The list of passes, and how they run.
#include "plan/pipeline.hpp"

#include <cstdio>
#include <string_view>

#include "plan/ir/dump.hpp"
#include "plan/lower/lower.hpp"
#include "plan/passes/dead_code.hpp"
#include "plan/passes/halo.hpp"
#include "plan/passes/memory.hpp"
#include "plan/passes/orient.hpp"
#include "plan/passes/rematerialise.hpp"
#include "plan/passes/row_feeding.hpp"
#include "plan/passes/steps.hpp"
#include "plan/settings.hpp"
#include "plan/verify/verify.hpp"

namespace gradtape::core {

namespace {
constexpr auto kNothing = [](Draft&) {};
constexpr auto kVerifyProgram = [](const Draft& d) { verify_program(d.program); };

constexpr Pass kProgramPasses[] = {
    {"lower", [](Draft& d) { d.program = lower(*d.schedule, Settings::instance().active_rules()); }, nullptr,
     kVerifyProgram},
    {"dead_code", [](Draft& d) { eliminate_dead_code(d.program); }, kNothing, kVerifyProgram},
    {"orient", [](Draft& d) { orient(d.program); }, kNothing, kVerifyProgram},
};
constexpr Pass kPlanPasses[] = {
    {"fuse", [](Draft& d) { d.groups = fuse(d.program, true); }, [](Draft& d) { d.groups = fuse(d.program, false); },
     verify_fused},
    {"rematerialise", [](Draft& d) { rematerialise(d.program, d.groups); }, kNothing, verify_groups},
    {"halo", [](Draft& d) { fuse_halos(d.program, d.groups); }, kNothing, verify_groups},
    {"steps", [](Draft& d) { d.plan.steps = make_steps(d.program, d.groups); }, nullptr, verify_steps},
    {"feed", [](Draft& d) { feed_rows(d.program, d.plan.steps); }, kNothing, verify_steps},
    {"memory", [](Draft& d) { assign_memory(d.program, d.plan); }, nullptr, verify_memory},
};

void print(const char* pass, const std::string& text) {
  const std::string all = fmt::format("==> {}\n{}", pass, text);
  std::fwrite(all.data(), 1, all.size(), stderr);
}

void run(std::span<const Pass> passes, Draft& draft) {
  const Settings& settings = Settings::instance();
  for (const Pass& pass : passes) {
    (pass.skip && settings.skips(pass.name) ? pass.skip : pass.run)(draft);
    if (settings.verifies()) pass.verify(draft);
    if (settings.dumps(pass.name)) print(pass.name, dump(draft));
  }
}

std::size_t all(const auto&... list) { return (... + (list.capacity() * sizeof *list.data())); }

std::size_t bytes_taken(const Loop::NativeUnit& unit) { return all(unit.addresses, unit.shifts, unit.attrs, unit.ops); }

// Lists that most plans keep inside are not looked at.
std::size_t bytes_taken(const Plan& plan) {
  constexpr std::size_t kRemembering = 256;  // list and map of the evaluator, counts
  std::size_t bytes =
      kRemembering + sizeof plan +
      all(plan.steps, plan.slots, plan.locations, plan.constants, plan.result_slots, plan.result_ops, plan.results);
  for (const BufferPtr& constant : plan.constants) bytes += Buffer::own_bytes(constant->bytes());
  for (const Step& s : plan.steps) {
    bytes += s.in.size() * sizeof(Operand) + s.out.size() * sizeof(uint32_t) + (s.attrs ? sizeof(Attrs) : 0);
    if (const Payload* payload = s.attrs ? s.attrs->payload() : nullptr) bytes += payload->bytes();
    if (s.unit) bytes += sizeof *s.unit + bytes_taken(*s.unit);
    if (!s.body) continue;
    const Loop& l = *s.body;
    bytes += sizeof l + all(l.ports, l.fills, l.instructions, l.partial_reductions, l.pads, l.units);
    for (const Loop::NativeUnit& unit : l.units) bytes += bytes_taken(unit);
  }
  return bytes;
}
std::size_t code_mapped(const Plan& plan) {
  std::size_t bytes = 0;
  for (const Step& s : plan.steps) {
    if (s.unit) bytes += s.unit->mapped;
    if (s.body && !s.body->units.empty()) bytes += s.body->units[0].mapped;
  }
  return bytes;
}
}  // namespace

std::span<const Pass> program_passes() { return kProgramPasses; }
std::span<const Pass> plan_passes() { return kPlanPasses; }

Program make_program(const Schedule& schedule) {
  Draft draft{&schedule, {}, {}, {}};
  run(kProgramPasses, draft);
  return std::move(draft.program);
}

PlanPtr make_plan(Program program, BlockCache& memory) {
  const Op* last = program.instructions.empty() ? nullptr : program.instructions.back().of;
  Draft draft{nullptr, std::move(program), {}, {}};
  draft.plan.slots = draft.program.slots;
  draft.plan.results = draft.program.results;
  if (Settings::instance().verifies()) verify_program(draft.program);
  if (Settings::instance().dumps("program")) print("program", dump(draft.program));
  run(kPlanPasses, draft);
  auto plan = std::make_shared<Plan>(std::move(draft.plan));
  const std::string_view of = last ? std::string_view(last->name) : "plan";
  plan->memory = Counted(memory, &BlockCache::Stats::plans, bytes_taken(*plan), of);
  plan->native_code = Counted(memory, &BlockCache::Stats::native_code, 0, of);
  if (Settings::instance().always_compiles()) plan->compile_at = 1;
  return plan;
}

void recount(Plan& plan) noexcept {
  plan.memory.recount(bytes_taken(plan));
  plan.native_code.recount(code_mapped(plan));
}

}  // namespace gradtape::core
