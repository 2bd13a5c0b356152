// gradtape/ops.h: a typed C function for every op, declared by families.
#include <stdexcept>

#include "c_forms.hpp"
#include "families.hpp"
#include "layout.hpp"

namespace generate {

namespace {
constexpr const char* kHead =
    R"(/* gradtape/ops.h: a typed function for every op. Made by `./run generate` from the registry of ops: not to be
 * edited.
 *
 * gt_NAME(ctx, inputs, attributes) is gt_apply of the op NAME. The functions are inline (their bodies are in
 * ops_inline.h) and add nothing to the library's interface. Each returns a new tensor, NULL on failure. Ops
 * with several outputs write them to an array, as gt_apply does.
 *
 * ATTRIBUTES
 *
 * Defaults. NULL for a list or a name, 0 for a dtype and GT_DEFAULT_INT for an integer take the default.
 *
 * A name or a list (padding) has parameters for both. The list counts where it is not NULL.
 *
 * An integer or a list is the integer n where the list is NULL: gt_split(ctx, x, NULL, 3, ...) makes 3 equal
 * parts, gt_tensordot(ctx, a, b, NULL, 1) sums over 1 pair of axes. NULL and 0 take the default, if there is
 * one.
 *
 * A name or a number (the order of gt_norm) is text, "euclidean" or "3".
 *
 * The numbers of gt_range are floating; its dtype makes it count in integers.
 *
 * In a struct. A function of more than five attribute arguments has a second form, gt_NAME_with, that takes
 * them in a struct, gt_NAME_attrs. An initialiser has the defaults; other values are set by name:
 *
 *     gt_conv2d_attrs attrs = GT_CONV2D_ATTRS_DEFAULT;
 *     attrs.padding = "SAME";
 *     gt_tensor y = gt_conv2d_with(ctx, x, filters, &attrs);
 *
 * The fields are the parameters of the long form, and mean the same. NULL in place of the struct takes all
 * defaults. Later versions may add fields at the end; struct_size, which the initialiser sets, tells how many
 * there are. GT_INVALID_ARGUMENT: struct_size is smaller, or bytes behind the known fields are not 0. Since
 * 0.2.
 *
 * CONTENTS, without gt_
 *
)";
constexpr const char* kAfterContents = R"( */
#ifndef GRADTAPE_OPS_H
#define GRADTAPE_OPS_H

#include "gradtape.h"

#include "attrs.h"

#ifdef __cplusplus
extern "C" {
#endif
)";
constexpr const char* kFoot = R"(
#ifdef __cplusplus
}
#endif

#include "ops_inline.h"

#endif
)";

std::string attributes_struct(const json& op) {
  const std::string name = struct_name(op);
  std::string text = "/* The same, with its attributes in a struct. */\n";
  text += fmt::format("typedef struct {} {{\n  size_t struct_size;\n", name);
  std::string defaults = fmt::format("sizeof({})", name);
  for (const Parameter& p : c_attributes(op)) {
    if (p.fallback.empty()) throw std::logic_error(fmt::format("{}: {} has no default for a struct", name, p.name));
    text += fmt::format("  {};\n", text_of(p));
    defaults += ", " + p.fallback;
  }
  return text + fmt::format("}} {};\n#define {} \\\n  {{{}}}\n", name, struct_default(op), defaults);
}

std::string function(const json& op) {
  std::string text = paragraph("/* ", " * ", doc_of(op), " */");
  text += declaration(c_head(op), c_parameters(op), ";") + "\n";
  if (takes_struct(op))
    text += attributes_struct(op) + declaration(c_head(op, "_with"), c_parameters_with(op), ";") + "\n";
  return text;
}
}  // namespace

std::string c_header(const std::vector<json>& ops) {
  const std::vector<Family> all = families(ops);
  std::string text = kHead + contents(all, " *     ") + kAfterContents;
  for (const Family& family : all) {
    text += "\n/* " + banner(family) + " */\n" + paragraph("/* ", " * ", family.about, " */");
    for (const json& op : family.ops) text += "\n" + function(op);
  }
  return in_columns(text + kFoot);
}

}  // namespace generate
