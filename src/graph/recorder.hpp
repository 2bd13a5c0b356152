// Records applications of ops as nodes and lets the active tapes note them. One recorder belongs to one context.
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/interrupt.hpp"
#include "graph/annotations.hpp"
#include "graph/host.hpp"
#include "graph/op.hpp"
#include "graph/recording.hpp"
#include "graph/trace.hpp"

namespace gradtape::core {

// A value was asked of a tensor that has none. The tensor depends on a placeholder, or on an input of a function that
// is being recorded.
class SymbolicRead : public Error {
 public:
  using Error::Error;
};

class Recorder {
 public:
  Recorder(Host& host, const Op& cast) : host_(host), cast_(cast), cache_(std::make_shared<BlockCache>()) {
    free_nodes_.reserve(kMostFreeNodes);
  }
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  Host& host() const { return host_; }

  // Records op(inputs), or the body of a composite. attrs: one value per spec of the op, null where the op has none.
  // room: for how many outputs the caller has room; throws before more are made.
  Tensors record(const Op& op, std::span<const Tensor> inputs, std::shared_ptr<Attrs> attrs,
                 std::size_t room = SIZE_MAX);

  // The node's op on other inputs of the same shapes and dtypes, with what is known of the node beside it.
  Tensors record_again(const Node& node, std::span<const Tensor> inputs);

  // Leaves. A constant has a value; a placeholder stands for one and never has it.
  Tensor constant(Spec spec, BufferPtr value);
  Tensor scalar(double value, Dtype dtype, bool weak = false);
  Tensor literal(double value, Dtype dtype, bool weak = false);  // the same, known to whoever plans
  Tensor placeholder(Spec spec);
  Tensor parameter(Spec spec);                                    // an input of a function that is being recorded
  BufferPtr allocate(std::size_t bytes, std::string_view what) {  // what: for the error
    return Buffer::make(cache_, bytes, what);
  }
  BlockCache& memory() { return *cache_; }

  // Variables. Reading lets the active tapes watch; binding cuts the new value off from what it was computed from.
  Tensor read(const VariablePtr& variable);
  Tensor read_with(const VariablePtr& variable, const Tensor& value);  // as if it were bound to the value
  VariablePtr new_variable(const Tensor& initial);
  void bind(const VariablePtr& variable, const Tensor& value) { assign(variable, unconnected(value)); }
  Tensor unconnected(const Tensor& value);  // what a variable is bound to by it
  void assign(const VariablePtr& variable, Tensor unconnected) noexcept;
  void add_pending_variables(Tensors& wanted);

  // An active recording notes what is recorded. It belongs to the function's body in which it was activated, or to
  // none. It notes nothing of bodies further in, and its body's end deactivates it.
  void activate(Recording* recording);
  void deactivate(Recording* recording) noexcept;
  // A suspended one counts as not active.
  void suspend(Recording* recording, bool suspended) noexcept;
  // While one of these lives, a recording notes what is recorded in the body that runs, whether it was active or not. To
  // the user it does not record meanwhile: this is none of its periods.
  class Listening {
   public:
    Listening(Recorder& recorder, Recording& recording);
    ~Listening();
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;

   private:
    Recorder& recorder_;
    Recording& recording_;
    Recording::Activity before_;
  };
  bool is_paused() const { return paused_ > 0; }
  bool is_active(const Recording* recording) const {
    return recording->activity.listed && !recording->activity.suspended;
  }
  // Whether a recording is active, and notes what the body records that runs.
  bool is_noting(const Recording* recording) const { return paused_ == 0 && sees(recording); }
  // Whether a recording that is active knows the tensor.
  bool is_held(const Tensor& t) const;
  bool has_active() const {
    return paused_ == 0 && std::ranges::any_of(active_, [&](const Recording* r) { return sees(r); });
  }

  // The notes and draws of a call that fails are taken back. Those from before the success of a call inside it stay:
  // that one's results may depend on them.
  struct Mark {
    std::size_t noted;
    uint64_t drawn, seedings;
  };
  Mark mark() const { return {noted_.size(), random_counter_, seedings_}; }
  void commit() noexcept {
    noted_.clear();
    kept_draws_ = random_counter_;
  }
  void roll_back(const Mark& mark) noexcept;

  // While one of these lives, nothing is recorded on any tape (the inside of a custom gradient's forward).
  class Pause {
   public:
    explicit Pause(Recorder& recorder) : recorder_(recorder) { ++recorder_.paused_; }
    ~Pause() { --recorder_.paused_; }
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    Recorder& recorder_;
  };

  // While one of these lives, a function is being recorded: variables and random states are met as parameters, and the
  // tapes from outside see nothing. Afterwards variables have their values back.
  class Tracing {
   public:
    Tracing(Recorder& recorder, Trace& trace);
    ~Tracing();
    Tracing(const Tracing&) = delete;
    Tracing& operator=(const Tracing&) = delete;

   private:
    Recorder& recorder_;
    Trace* outer_;
    int paused_;
  };
  bool is_tracing() const { return trace_ != nullptr; }
  // Whether a function is being recorded whose body did not make the tensor.
  bool is_from_outside(const Tensor& t) const { return trace_ && t.node()->id < trace_->first_node; }
  bool is_parameter(const Tensor& t) const;  // of a body that runs
  // The value that a variable has from here on, unnoticed by tapes.
  const Tensor& value_of(const VariablePtr& variable);
  // The key and the number of the next draw: int64[2].
  Tensor random_state();
  // While one of these lives, a function of one sample of many is recorded, whose inputs placeholders stand for. So do
  // others for the states of its draws, if samples draw apart. It cannot assign variables. Functions that are recorded
  // meanwhile have states of their own.
  class Sampling {
   public:
    Sampling(Recorder& r, Tensors inputs, bool draws_apart)
        : recorder_(r),
          trace_(r.trace_),
          outer_(std::exchange(r.sampling_, this)),
          inputs_(std::move(inputs)),
          draws_apart_(draws_apart) {}
    ~Sampling() { recorder_.sampling_ = outer_; }
    Sampling(const Sampling&) = delete;
    Sampling& operator=(const Sampling&) = delete;
    const Tensors& states() const { return states_; }

   private:
    friend class Recorder;
    Recorder& recorder_;
    const Trace* trace_;
    Sampling* outer_;
    Tensors inputs_, states_;
    bool draws_apart_;
  };
  // Whether the body that runs is the function of a sample.
  bool is_sampling() const { return sampling_ && sampling_->trace_ == trace_; }

  // While one of these lives, nodes are a draft: the body that they make is recorded anew, on other tensors.
  class Drafting {
   public:
    explicit Drafting(Recorder& r) : recorder_(r) { ++recorder_.drafts_; }
    ~Drafting() { --recorder_.drafts_; }
    Drafting(const Drafting&) = delete;
    Drafting& operator=(const Drafting&) = delete;

   private:
    Recorder& recorder_;
  };
  // So is the function of a sample.
  bool is_drafting() const { return drafts_ > 0 || sampling_; }

  // While one of these lives, nodes belong to the derivative of another, which is noted where that was asked for.
  class Deriving {
   public:
    Deriving(Recorder& recorder, const Node& of)
        : recorder_(recorder), outer_(std::exchange(recorder.deriving_, recorder.notes_origins ? &of : nullptr)) {}
    ~Deriving() { recorder_.deriving_ = outer_; }
    Deriving(const Deriving&) = delete;
    Deriving& operator=(const Deriving&) = delete;

   private:
    Recorder& recorder_;
    const Node* outer_;
  };
  bool notes_origins = false;
  Annotations annotations;
  uint64_t next_id() const { return next_id_; }  // of the next node: the time, as recordings measure it

  // While one of these lives, the recordings that are active note nothing. Those that begin meanwhile do.
  class Silence {
   public:
    explicit Silence(Recorder& recorder) : recorder_(recorder) {
      for (Recording* r : recorder.active_)
        if (recorder.is_active(r)) silenced_.push_back(r);
      for (Recording* r : silenced_) recorder.suspend(r, true);
    }
    ~Silence() {
      for (Recording* r : silenced_)
        if (std::ranges::find(recorder_.active_, r) != recorder_.active_.end()) recorder_.suspend(r, false);
    }
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;

   private:
    Recorder& recorder_;
    std::vector<Recording*> silenced_;
  };

  std::size_t pending() const { return pending_; }
  std::size_t nodes() const { return nodes_; }  // that live
  void trim() noexcept;                         // gives the memory of dead nodes back to the system
  uint64_t next_visit() { return ++visit_; }
  uint64_t visit() const { return visit_; }  // of the last walk
  std::array<int64_t, 2> next_random() {
    return {static_cast<int64_t>(random_key_), static_cast<int64_t>(random_counter_++)};
  }
  void seed(uint64_t key) { random_key_ = key, random_counter_ = 0, ++seedings_; }
  // The place that draws have reached, to draw the same numbers again from there.
  struct Draws {
    uint64_t key = 0, counter = 0;
  };
  Draws draws() const { return {random_key_, random_counter_}; }
  // While one of these lives, draws and seeds are none of the program's, which goes on drawing as if there were none.
  class Rehearsal {
   public:
    explicit Rehearsal(Recorder& r)
        : recorder_(r), draws_(r.draws()), kept_draws_(r.kept_draws_), seedings_(r.seedings_) {}
    ~Rehearsal() {
      recorder_.draw_from(draws_);
      recorder_.kept_draws_ = kept_draws_;
      recorder_.seedings_ = seedings_;
    }
    Rehearsal(const Rehearsal&) = delete;
    Rehearsal& operator=(const Rehearsal&) = delete;

   private:
    Recorder& recorder_;
    Draws draws_;
    uint64_t kept_draws_, seedings_;
  };
  // Inside a rehearsal alone.
  void draw_from(const Draws& draws) {
    random_key_ = draws.key;
    random_counter_ = kept_draws_ = draws.counter;
  }

  // While one of these lives, kernels run, a user's among them, which must not come back into the context.
  class Computing {
   public:
    explicit Computing(Recorder& recorder) : flag_(recorder.computing_), outer_(std::exchange(flag_, true)) {}
    ~Computing() { flag_ = outer_; }
    Computing(const Computing&) = delete;
    Computing& operator=(const Computing&) = delete;

   private:
    bool& flag_;
    bool outer_;
  };
  bool is_computing() const { return computing_; }

  // While one of these lives, what runs may meet tensors without values. It learns whether the value of one was asked
  // for, even where a callback keeps the error to itself.
  class Attempt {
   public:
    explicit Attempt(Recorder& recorder) : recorder_(recorder), outer_(std::exchange(recorder.attempt_, this)) {}
    ~Attempt() {
      recorder_.attempt_ = outer_;
      if (outer_) outer_->asked_ |= asked_;
    }
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;
    bool asked() const { return asked_; }

   private:
    friend class Recorder;
    Recorder& recorder_;
    Attempt* outer_;
    bool asked_ = false;
  };
  bool attempt_asked() const { return attempt_ && attempt_->asked(); }
  // Throws a SymbolicRead, which the running attempt learns of.
  [[noreturn]] void refuse_value(std::string message);

  Interrupt interrupt;  // of the context's computations

 private:
  friend class Node;
  bool sees(const Recording* recording) const { return is_active(recording) && recording->activity.trace == trace_; }
  // A recording has come to know a variable by a read.
  struct Noted {
    Recording* recording;
    VariablePtr variable;
    Tensor value;
    bool watched;  // its value as well
  };
  void check_arity(const Op& op, std::size_t n) const;
  void enlist(Recording* recording);
  // Casts scalars without a dtype to that of their fellows, then checks all dtypes.
  void unify_dtypes(const Op& op, Tensors& inputs);
  Tensors record_body(const Composite& body, const Call& c);
  Tensor strengthen(const Tensor& weak, Dtype dtype, const Op& op);
  Tensor cast_to(const Tensor& t, Dtype dtype);
  Tensor strengthen_in_body(const Tensor& weak, const Tensor& strong);
  void note(Node& node);
  bool captures(const Node& node) const;
  static bool is_sparse(const Node& node);

  static constexpr std::size_t kMostFreeNodes = 4096;

  Host& host_;
  const Op& cast_;
  std::shared_ptr<BlockCache> cache_;
  std::vector<void*> free_nodes_;  // memory of dead nodes: never grows beyond what is reserved
  std::vector<Recording*> active_;
  std::size_t listening_ = 0;      // of these: not suspended
  std::vector<Noted> noted_;       // by the calls that are under way
  PendingLink pending_variables_;  // of all whose values are pending, and some that were
  const Op* composite_ = nullptr;  // the outermost one whose body is being recorded
  const Node* deriving_ = nullptr;
  int paused_ = 0, drafts_ = 0;
  Trace* trace_ = nullptr;
  uint64_t next_id_ = 1;
  std::size_t pending_ = 0;
  uint64_t visit_ = 0;
  std::size_t nodes_ = 0;  // not beside pending_: as one vector, the two would wait for stores of one of them
  Node* dead_ = nullptr;
  bool sweeping_ = false;
  uint64_t random_key_ = 0;
  uint64_t random_counter_ = 0;
  uint64_t kept_draws_ = 0, seedings_ = 0;
  bool computing_ = false;
  Attempt* attempt_ = nullptr;    // the innermost
  Sampling* sampling_ = nullptr;  // the same
};

const Op& constant_op();
const Op& placeholder_op();
const Op& parameter_op();

}  // namespace gradtape::core
