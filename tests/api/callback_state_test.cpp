// Every change that a callback makes to its surroundings is safe. Every kind of callback makes every change to tapes,
// scopes, handles, functions, variables and settings that others use. The test uses all of these afterwards.
#include "callback_world.hpp"

namespace test {
namespace {

// ---- Acts: what can be done to the state around.
using Given = std::vector<gt_tensor>;
using Act = void (*)(World&, const Given&);
void call_sizes(World& w, gt_function f, int64_t sizes) {
  for (int64_t n = 1; n <= sizes; ++n) {
    gt_tensor in = numbers_of(w.c, n), out = nullptr;
    gt_function_call(w.c, f, &in, 1, &out, 1, nullptr);
    gt_release(w.c, in);
    gt_release(w.c, out);
  }
}
const std::map<std::string, Act> acts = {
    {"nothing", [](World&, const Given&) {}},
    {"end tapes",
     [](World& w, const Given&) {
       for (gt_tape t : {w.persistent, w.once, w.ended}) gt_tape_end(w.c, t);
     }},
    {"release tapes",
     [](World& w, const Given&) {
       for (gt_tape t : {w.persistent, w.once, w.ended, w.paused}) gt_release(w.c, t);
     }},
    {"reset tapes",
     [](World& w, const Given&) {
       for (gt_tape t : {w.persistent, w.once}) gt_tape_reset(w.c, t);
     }},
    {"pause tapes",
     [](World& w, const Given&) {
       for (gt_tape t : {w.persistent, w.once}) gt_tape_stop_recording(w.c, t);
     }},
    {"resume tapes",
     [](World& w, const Given&) {
       for (gt_tape t : {w.ended, w.paused, w.persistent}) gt_tape_resume_recording(w.c, t);
       w.kept.push_back(gt_sin(w.c, w.x));
     }},
    {"pause and resume",
     [](World& w, const Given&) {
       gt_tape_stop_recording(w.c, w.persistent);
       gt_tape_resume_recording(w.c, w.persistent);
     }},
    {"begin tapes",
     [](World& w, const Given& given) {
       for (uint32_t flags : {0, 1, 2, 3}) {
         w.tapes.push_back(gt_tape_begin(w.c, flags));
         gt_tape_watch(w.c, w.tapes.back(), w.x);
         if (!given.empty()) gt_tape_watch(w.c, w.tapes.back(), given[0]);
         w.kept.push_back(gt_square(w.c, given.empty() ? w.x : given[0]));
       }
       gt_release(w.c, gt_tape_begin(w.c, 0));
     }},
    {"watch on tapes",
     [](World& w, const Given& given) {
       for (gt_tape t : {w.persistent, w.once, w.ended, w.paused}) {
         gt_tape_watch(w.c, t, w.pending);
         gt_tape_watch(w.c, t, w.variable);
         if (!given.empty()) gt_tape_watch(w.c, t, given[0]);
       }
     }},
    {"use tapes up",
     [](World& w, const Given& given) {
       for (gt_tape t : {w.persistent, w.once, w.ended, w.paused}) {
         gt_tensor y = gt_tanh(w.c, given.empty() ? w.x : given[0]), g = nullptr;
         gt_tape_gradient(w.c, t, &y, 1, &w.x, 1, nullptr, GT_UNCONNECTED_ZERO, &g);
         w.kept.push_back(g);
       }
     }},
    {"jacobians of tapes",
     [](World& w, const Given& given) {
       for (gt_tape t : {w.persistent, w.once}) {
         gt_tensor y = gt_tanh(w.c, given.empty() ? w.x : given[0]), g = nullptr;
         gt_tape_jacobian(w.c, t, y, &w.x, 1, nullptr, &g);
         w.kept.push_back(g);
       }
     }},
    {"end scopes around",
     [](World& w, const Given&) {
       EXPECT_NE(gt_scope_end(w.c, nullptr, 0), GT_OK) << "it is not the callback's";
       gt_scope_begin(w.c);
       gt_scope_begin(w.c);
       w.kept.push_back(gt_square(w.c, w.x));
       gt_scope_end(w.c, &w.kept.back(), 1);
     }},
    {"release tensors",
     [](World& w, const Given& given) {
       for (gt_tensor t : {w.x, w.pending, w.scoped}) gt_release(w.c, t);
       for (gt_tensor t : given) EXPECT_EQ(gt_release(w.c, t), GT_FAILED_PRECONDITION) << "it is lent";
     }},
    {"keep what is lent",
     [](World& w, const Given& given) {
       for (gt_tensor t : given) {
         w.kept.push_back(gt_tensor_duplicate(w.c, t));
         w.kept.push_back(gt_exp(w.c, t));
         w.kept.push_back(gt_multiply(w.c, t, w.variable));
         w.kept.push_back(t);
       }
     }},
    {"release functions",
     [](World& w, const Given&) {
       for (gt_function f : {w.fixed, w.open, w.other}) gt_release(w.c, f);
     }},
    {"call with 70 sizes",
     [](World& w, const Given&) {
       for (gt_function f : {w.open, w.other}) call_sizes(w, f, 70);
     }},
    {"call functions",
     [](World& w, const Given& given) {
       for (gt_function f : {w.fixed, w.open, w.other}) {
         gt_tensor y = nullptr;
         gt_function_call(w.c, f, given.empty() ? &w.x : given.data(), 1, &y, 1, nullptr);
         w.kept.push_back(y);
       }
     }},
    {"make functions",
     [](World& w, const Given&) {
       const gt_spec s = vector_of(-1);
       gt_release(w.c, std::exchange(w.open, gt_function_create(w.c, acting_body, nullptr, nullptr, &s, 1)));
       call_sizes(w, w.open, 3);
     }},
    {"run functions",
     [](World& w, const Given&) {
       float in[kSize] = {}, out[kSize];
       const void* from[] = {in};
       void* to[] = {out};
       const size_t bytes = sizeof in;
       const gt_spec s = vector_of(kSize);
       gt_function_run(w.c, w.fixed, from, 1, to, 1);
       gt_function_run_sized(w.c, w.open, &s, from, &bytes, 1, nullptr, to, &bytes, 1);
       size_t needed;
       for (gt_function f : {w.fixed, w.open, w.other})
         gt_function_describe(w.c, f, GT_PLAN_TIMES, nullptr, 0, &needed);
     }},
    {"assign variables",
     [](World& w, const Given& given) {
       gt_assign(w.c, w.variable, given.empty() ? w.x : given[0]);
       gt_assign_add(w.c, w.variable, gt_sin(w.c, w.variable));
       gt_assign_sub(w.c, w.variable, w.pending);
       w.kept.push_back(gt_identity(w.c, w.variable));
     }},
    {"release variables",
     [](World& w, const Given&) {
       w.kept.push_back(gt_square(w.c, w.variable));
       gt_release(w.c, w.variable);
     }},
    {"make variables",
     [](World& w, const Given& given) {
       gt_variable_set_trainable(w.c, w.variable, 0);
       w.kept.push_back(gt_variable(w.c, given.empty() ? w.x : given[0]));
     }},
    {"contexts",
     [](World& w, const Given&) {
       EXPECT_NE(gt_context_destroy(w.c), GT_OK) << "it is in use";
       gt_context other = nullptr;
       EXPECT_EQ(gt_context_create(&other), GT_OK);
       gt_tensor t = numbers_of(other, kSize);
       EXPECT_EQ(gt_square(w.c, t), nullptr);
       gt_eval(other, &t, 1);
       EXPECT_EQ(gt_context_destroy(other), GT_OK);
     }},
    {"take and make errors",
     [](World& w, const Given&) {
       gt_take_error(w.c, nullptr, 0, nullptr);
       gt_assign(w.c, w.x, w.x);
     }},
    {"settings",
     [](World& w, const Given&) {
       for (int32_t threads : {1, 3, 2}) gt_set_threads(w.c, threads);
       gt_memory_trim(w.c);
       gt_memory_limit(w.c, 100);
       gt_eval(w.c, &w.pending, 1);
       gt_memory_limit(w.c, 0);
       gt_random_seed(w.c, 5);
     }},
    {"draw numbers",
     [](World& w, const Given&) {
       const int64_t n = kSize;
       w.kept.push_back(gt_random_normal(w.c, &n, 1, GT_FLOAT32, 0, 1, GT_DEFAULT_INT, GT_DEFAULT_INT));
     }},
    {"evaluate",
     [](World& w, const Given& given) {
       float values[kSize];
       gt_tensor_read(w.c, w.pending, values, sizeof values);
       gt_tensor_read(w.c, w.variable, values, sizeof values);
       for (gt_tensor t : given) gt_tensor_read(w.c, t, values, sizeof values);
       size_t needed;
       gt_plan_describe(w.c, &w.scoped, 1, GT_PLAN_TIMES, nullptr, 0, &needed);
     }},
    {"set off others",
     [](World& w, const Given&) {
       for (const char* kind : {"body", "backward", "infer", "batch", "composite", "progress", "body of a new size"})
         callback_kinds().at(kind)(w);
     }},
    {"hand over another's",
     [](World& w, const Given& given) {
       gt_tensor y = nullptr;
       static gt_tensor lent;
       lent = given.empty() ? w.x : given[0];
       gt_custom_gradient(
           w.c, nullptr,
           [](gt_context, void*, const gt_tensor*, size_t, gt_tensor* out, size_t, size_t* n) -> gt_status {
             out[0] = lent;
             *n = 1;
             return GT_OK;
           },
           plain_gradient, nullptr, nullptr, &w.x, 1, &y, 1, nullptr);
       w.kept.push_back(y);
     }},
};

TEST(CallbackState, EveryActInEveryKind) {
  register_acting_ops();
  for (const auto& [kind, trigger] : callback_kinds())
    for (const auto& [name, what] : acts)
      for (gt_status answer : {GT_OK, GT_IO}) {
        SCOPED_TRACE(kind + ": " + name + (answer == GT_OK ? "" : ", then it fails"));
        World w;
        w.act = what;
        w.answer = answer;
        trigger(w);
        EXPECT_GT(w.acts, 0) << "the callback was called";
      }
}

}  // namespace
}  // namespace test
