// Converts attributes to the kinds that an op accepts, and prints and hashes them.
#include "graph/attrs.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

namespace gradtape::core {

namespace {
template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

uint32_t kind_of(const AttrValue& value) {
  constexpr uint32_t kinds[] = {0,           kAttrInt,  kAttrFloat,  kAttrBool,   kAttrDtype,
                                kAttrString, kAttrInts, kAttrFloats, kAttrPayload};
  return kinds[value.index()];
}

// The value in one of the wanted kinds, or null where no conversion keeps its meaning.
AttrValue coerce(const AttrSpec& spec, const AttrValue& value) {
  if (const auto* i = std::get_if<int64_t>(&value)) {
    if (spec.kinds & kAttrFloat) return static_cast<double>(*i);
    if (spec.kinds & kAttrInts) return Ints{*i};
    if (spec.kinds & kAttrFloats) return Floats{static_cast<double>(*i)};
  } else if (const auto* d = std::get_if<double>(&value)) {
    if (spec.kinds & kAttrFloats) return Floats{*d};
  } else if (const auto* s = std::get_if<std::string>(&value)) {
    if (spec.kinds & kAttrDtype)
      if (auto dtype = dtype_named(*s)) return *dtype;
  } else if (const auto* list = std::get_if<Ints>(&value)) {
    if (spec.kinds & kAttrFloats) return Floats(list->begin(), list->end());
  }
  return {};
}
}  // namespace

std::string to_string(const AttrValue& value) {
  return std::visit(
      Overloaded{[](std::monostate) { return std::string("null"); }, [](int64_t v) { return fmt::format("{}", v); },
                 [](double v) { return fmt::format("{}", v); },
                 [](bool v) { return std::string(v ? "true" : "false"); },
                 [](Dtype v) { return fmt::format("{}", name_of(v)); },
                 [](const std::string& v) { return fmt::format("\"{}\"", v); },
                 [](const Ints& v) { return fmt::format("[{}]", fmt::join(v, ", ")); },
                 [](const Floats& v) { return fmt::format("[{}]", fmt::join(v, ", ")); },
                 [](const PayloadPtr&) { return std::string("..."); }},
      value);
}

std::string kinds_to_string(uint32_t kinds) {
  constexpr std::pair<uint32_t, const char*> names[] = {
      {kAttrInt, "an integer"},         {kAttrFloat, "a float"},   {kAttrBool, "a bool"},
      {kAttrDtype, "a dtype"},          {kAttrString, "a string"}, {kAttrInts, "a list of integers"},
      {kAttrFloats, "a list of floats"}};
  std::string text;
  for (auto [kind, name] : names)
    if (kinds & kind) text += (text.empty() ? "" : " or ") + std::string(name);
  return text;
}

AttrValue convert_attr(std::string_view op, const AttrSpec& spec, AttrValue value) {
  if (!(kind_of(value) & spec.kinds)) {
    AttrValue converted = coerce(spec, value);
    if (std::holds_alternative<std::monostate>(converted))
      invalid("{}: attribute {} must be {}, got {}", op, spec.name, kinds_to_string(spec.kinds), to_string(value));
    value = std::move(converted);
  }
  if (const auto* s = std::get_if<std::string>(&value); s && (spec.kinds & kAttrFloat)) {  // "2.5" is a number
    double number = 0;
    const auto [end, error] = std::from_chars(s->data(), s->data() + s->size(), number);
    if (error == std::errc() && end == s->data() + s->size() && std::isfinite(number)) value = number;
  }
  if (const auto* s = std::get_if<std::string>(&value);
      s && !spec.choices.empty() && std::ranges::find(spec.choices, *s) == spec.choices.end())
    invalid("{}: attribute {} must be one of {}, got \"{}\"", op, spec.name, fmt::join(spec.choices, ", "), *s);
  if (const auto* d = std::get_if<Dtype>(&value); d && !is_known(*d))
    invalid("{}: attribute {} is no dtype: {}; dtypes are bool, int32, int64, float32, float64", op, spec.name,
            static_cast<int>(*d));
  return value;
}

namespace {
uint64_t hash_attr(uint64_t hash, const AttrValue& value) {
  hash = hash_mix(hash, value.index());
  return std::visit(Overloaded{[&](std::monostate) { return hash; },
                               [&](int64_t v) { return hash_mix(hash, static_cast<uint64_t>(v)); },
                               [&](double v) { return hash_mix(hash, std::bit_cast<uint64_t>(v)); },
                               [&](bool v) { return hash_mix(hash, v); },
                               [&](Dtype v) { return hash_mix(hash, static_cast<uint64_t>(v)); },
                               [&](const std::string& v) { return hash_mix(hash, std::hash<std::string>{}(v)); },
                               [&](const Ints& v) {
                                 uint64_t h = hash_mix(hash, v.size());
                                 for (int64_t i : v) h = hash_mix(h, static_cast<uint64_t>(i));
                                 return h;
                               },
                               [&](const Floats& v) {
                                 uint64_t h = hash_mix(hash, v.size());
                                 for (double d : v) h = hash_mix(h, std::bit_cast<uint64_t>(d));
                                 return h;
                               },
                               [&](const PayloadPtr& v) { return hash_mix(hash, v ? v->hash() : 0); }},
                    value);
}
}  // namespace

uint64_t hash_attrs(uint64_t hash, const Attrs& attrs) {
  for (const AttrValue& value : attrs.values) hash = hash_attr(hash, value);
  for (const std::string& name : attrs.names) hash = hash_mix(hash, std::hash<std::string>{}(name));
  return hash;
}

}  // namespace gradtape::core
