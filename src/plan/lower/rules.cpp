// The list of rules.
#include "plan/lower/rules.hpp"

namespace gradtape::core {

namespace {
constexpr Rule kRules[] = {
    {"signs", move_signs},           {"fold", fold_constants},       {"neutral", drop_neutral},
    {"order", order_operands},       {"parts", split_parts},         {"repeats", reduce_repeats},
    {"products", simplify_products}, {"bands", nullptr, note_bands},
};
}  // namespace

std::span<const Rule> rules() { return kRules; }

}  // namespace gradtape::core
