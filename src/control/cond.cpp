#include "control/cond.hpp"

#include <array>

#include "control/body_links.hpp"
#include "control/body_rules.hpp"
#include "control/scan.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

namespace {
// Inputs: the predicate, those of the user, then what each body captured.
struct Cond : Control {
  std::array<BodyPtr, 2> bodies;  // by predicate
  std::size_t shared = 0;         // inputs of both

  std::size_t captured(int which) const { return bodies[which]->inputs() - shared; }
  // The input of the op that is input i of a body.
  std::size_t input(int which, std::size_t i) const { return 1 + i + (which == 1 && i >= shared ? captured(0) : 0); }
  std::size_t inputs() const { return 1 + shared + captured(0) + captured(1); }
  // Those of a body among all.
  Tensors of(int which, std::span<const Tensor> all) const {
    Tensors in;
    for (std::size_t i = 0; i < bodies[which]->inputs(); ++i) in.push_back(all[input(which, i)]);
    return in;
  }
  // Whether in_body(body, input) for a body and the input of it that the op's input is.
  template <class InBody>
  bool in_either(std::size_t of_op, InBody&& in_body) const {
    for (int which : {0, 1})
      for (std::size_t i = 0; i < bodies[which]->inputs(); ++i)
        if (input(which, i) == of_op && in_body(*bodies[which], i)) return true;
    return false;
  }
  bool reaches(std::size_t i, std::size_t k) const override {
    return i == 0 || in_either(i, [&](const Body& b, std::size_t own) { return b.reaches(own, k); });
  }
  bool carries(std::size_t i, std::size_t k) const override {
    return in_either(i, [&](const Body& b, std::size_t own) { return b.carries(own, k); });
  }
  uint64_t hash() const override {
    return hash_mix(hash_mix(hash_mix(shared, bodies[0]->hash()), bodies[1]->hash()), 2);
  }
  std::size_t bytes() const override { return bodies[0]->bytes() + bodies[1]->bytes(); }
  double work() const override { return bodies[0]->work() + bodies[1]->work(); }
  bool has_user_ops() const override { return bodies[0]->has_user_ops() || bodies[1]->has_user_ops(); }
};

const Cond& cond_of(const Attrs* attrs) { return payload_of<Cond>(attrs); }

void infer_cond(Inference& c) {
  const Cond& s = cond_of(c.attrs());
  check_input(c, 0, {Dtype::boolean, {}, false});
  for (int which : {0, 1})
    for (std::size_t i = 0; i < s.bodies[which]->inputs(); ++i)
      check_input(c, s.input(which, i), s.bodies[which]->input(i));
  for (std::size_t k = 0; k < s.bodies[0]->outputs(); ++k) {
    const Spec &one = s.bodies[0]->output(k), &other = s.bodies[1]->output(k);
    c.out(one.dtype, one.shape, one.weak && other.weak);
  }
}

void run_cond(const KernelCall& c) {
  const Cond& s = cond_of(c.attrs);
  const int which = *c.in[0].as<uint8_t>() != 0;
  s.bodies[which]->run_once(c, [&](std::size_t i) { return s.input(which, i); });
}

// The inputs of a body among some inputs of the op, by their numbers in the body, and where they stand in the list.
struct Picked {
  std::vector<std::size_t> own, place;
};
Picked pick(const Cond& s, int which, const std::vector<std::size_t>& of_op) {
  Picked p;
  for (std::size_t i = 0; i < s.bodies[which]->inputs(); ++i)
    if (const auto it = std::ranges::find(of_op, s.input(which, i)); it != of_op.end()) {
      p.own.push_back(i);
      p.place.push_back(static_cast<std::size_t>(it - of_op.begin()));
    }
  return p;
}
Tensors reverse_cond(const Call& c, const Tensors& cotangents) {
  const Cond& s = cond_of(c.given());
  const Involved v = involved_backwards(c, s, cotangents, 1);
  Tensors results(c.size());
  if (v.inputs.empty()) return results;
  const auto branch = [&](int which) {
    return [&, which](const Tensors& in) {
      Tensors all{c.in(0)};  // counts alone: no body reads the predicate
      for (const Tensor& t : in) all.push_back(t);
      const Picked p = pick(s, which, v.inputs);
      const Tensors ct(all.begin() + s.inputs(), all.end());
      const Tensors g = pull_back(*s.bodies[which], s.of(which, all), v.outputs, ct, p.own);
      Tensors result(v.inputs.size());
      for (std::size_t a = 0; a < g.size(); ++a) result[p.place[a]] = g[a];
      for (std::size_t a = 0; a < v.inputs.size(); ++a) result[a] = or_zeros(result[a], all[v.inputs[a]]);
      return result;
    };
  };
  const Tensors g = cond(c.recorder(), "cond", c.in(0), v.given, branch(1), branch(0));
  for (std::size_t a = 0; a < v.inputs.size(); ++a) results[v.inputs[a]] = g[a];
  return results;
}

Tensors forward_cond(const Call& c, const Tensors& tangents) {
  const Cond& s = cond_of(c.given());
  const Involved v = involved_forwards(c, s, tangents, 1);
  Tensors results(c.outputs());
  if (v.outputs.empty()) return results;
  const auto branch = [&](int which) {
    return [&, which](const Tensors& in) {
      Tensors all{c.in(0)}, t;
      for (const Tensor& x : in) all.push_back(x);
      const Picked p = pick(s, which, v.inputs);
      for (std::size_t place : p.place) t.push_back(all[s.inputs() + place]);
      const Tensors out = push_forward(*s.bodies[which], s.of(which, all), p.own, t, v.outputs);
      return Tensors(out.begin() + s.bodies[which]->outputs(), out.end());
    };
  };
  const Tensors out = cond(c.recorder(), "cond", c.in(0), v.given, branch(1), branch(0));
  for (std::size_t a = 0; a < v.outputs.size(); ++a) results[v.outputs[a]] = out[a];
  return results;
}

// A predicate for each row: each row runs its own body alone.
Tensors batch_cond(const BatchCall& b) {
  if (b.batched[0]) return map_rows(b);
  const Cond& s = cond_of(b.call.given());
  const auto branch = [&](int which) {
    return [&, which](const Tensors& in) {
      Tensors all{b.in[0]};
      for (const Tensor& t : in) all.push_back(t);
      std::vector<uint8_t> batched, made;
      for (std::size_t i = 0; i < s.bodies[which]->inputs(); ++i) batched.push_back(b.batched[s.input(which, i)]);
      Tensors out = on_batch(*s.bodies[which], s.of(which, all), batched, b.size, made);
      return all_rows(std::move(out), made, b.size);
    };
  };
  const Tensors inputs(b.in.begin() + 1, b.in.end());
  return cond(b.call.recorder(), "cond", b.in[0], inputs, branch(1), branch(0));
}

// Those of both bodies: the other one may run elsewhere.
std::optional<std::vector<Links>> links_through_cond(const LinksCall& l) {
  const Cond& s = cond_of(l.call.given());
  BodyWalk walk(l);
  std::vector<Links> both;
  for (int which : {0, 1}) {
    std::vector<const Links*> in;
    for (std::size_t i = 0; i < s.bodies[which]->inputs(); ++i) in.push_back(l.in[s.input(which, i)]);
    std::vector<Links> links = walk.through(*s.bodies[which], s.of(which, l.call.inputs()), in).links;
    if (which == 0)
      both = std::move(links);
    else
      for (std::size_t k = 0; k < both.size(); ++k) both[k].add(links[k]);
  }
  return both;
}

void retrace_cond(const Call& c) {
  const Cond& s = cond_of(c.given());
  const int which = *static_cast<const uint8_t*>(c.in(0).value()->data()) != 0;
  computed(*s.bodies[which], s.of(which, c.inputs()), "in the branch that was taken, ");
}

const Op& cond_op() {
  static const Op op = make_op({"cond", "One of two bodies, chosen by a predicate.", infer_cond, run_cond, reverse_cond,
                                forward_cond, batch_cond, nullptr, links_through_cond, retrace_cond});
  return op;
}

// The function with outputs that are scalars without a dtype in the dtypes of the other body's.
FunctionBody fitted(const FunctionBody& function, const Body& other) {
  return [&](const Tensors& in) {
    Tensors out = function(in);
    for (std::size_t k = 0; k < std::min(out.size(), other.outputs()); ++k)
      if (out[k].spec().weak && !other.output(k).weak && is_floating(other.output(k).dtype))
        out[k] = cast(out[k], other.output(k).dtype);
    return out;
  };
}
bool needs_fitting(const Body& body, const Body& other) {
  for (std::size_t k = 0; k < std::min(body.outputs(), other.outputs()); ++k)
    if (body.output(k).weak && !other.output(k).weak && body.output(k).dtype != other.output(k).dtype) return true;
  return false;
}

// Both bodies give outputs of the same shapes and dtypes.
void check_alike(std::string_view what, const Body& yes, const Body& no) {
  if (yes.outputs() != no.outputs())
    invalid("{}: one body gives {} output(s) where the predicate is true, the other {} where it is false", what,
            yes.outputs(), no.outputs());
  for (std::size_t k = 0; k < yes.outputs(); ++k)
    if (yes.output(k).dtype != no.output(k).dtype || !(yes.output(k).shape == no.output(k).shape))
      invalid("{}: output {} is {} where the predicate is true and {} where it is false; both must be the same", what,
              k, to_string(yes.output(k)), to_string(no.output(k)));
}
}  // namespace

Tensors cond(Recorder& r, std::string_view what, const Tensor& predicate, const Tensors& inputs,
             const FunctionBody& yes, const FunctionBody& no) {
  if (predicate.dtype() != Dtype::boolean || predicate.rank() != 0)
    invalid("{}: the predicate must be a bool without axes, got {}", what, to_string(predicate.spec()));
  const std::vector<Parameter> parameters = parameters_like(inputs);
  Closure if_false = close_over(r, what, parameters, no);
  Closure if_true = close_over(r, what, parameters, fitted(yes, *if_false.body));
  if (needs_fitting(*if_false.body, *if_true.body))
    if_false = close_over(r, what, parameters, fitted(no, *if_true.body));
  check_alike(what, *if_true.body, *if_false.body);
  if (if_true.body->outputs() == 0) return {};
  for (Closure* c : {&if_false, &if_true}) draw_once(r, *c);
  auto s = std::make_shared<Cond>();
  s->bodies = {if_false.body, if_true.body};
  s->shared = inputs.size();
  const Tensors all = joined({Tensors{predicate}, inputs, if_false.captured, if_true.captured});
  return record_with(cond_op(), r, all, std::move(s));
}

}  // namespace gradtape::core
