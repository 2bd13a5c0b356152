// gradtape._core: the C interface as Python objects. The package around it gives them the names that users know.
#include "core.hpp"

NB_MODULE(_core, m) {
  using namespace gradtape_python;
  nb::register_exception_translator(
      [](const std::exception_ptr& raised, void*) {
        try {
          std::rethrow_exception(raised);
        } catch (const std::bad_cast&) {
          PyErr_SetString(PyExc_TypeError, "an argument is of a type that does not fit");
        }
      },
      nullptr);
  nb::set_leak_warnings(false);  // tensors of the main thread live until the process ends
  m.def(
      "_set_hooks",
      [](nb::object convert, nb::object numpy, nb::object errors, nb::object reading, nb::object shape) {
        if (!convert.is_none()) hooks().convert = convert;
        if (!numpy.is_none()) hooks().numpy = numpy;
        if (!errors.is_none()) hooks().errors = nb::cast<nb::dict>(errors);
        if (!reading.is_none()) hooks().reading = reading;
        if (!shape.is_none()) hooks().shape = shape;
      },
      nb::kw_only(), nb::arg("convert").none() = nb::none(), nb::arg("numpy").none() = nb::none(),
      nb::arg("errors").none() = nb::none(), nb::arg("reading").none() = nb::none(),
      nb::arg("shape").none() = nb::none());
  add_dtypes(m);
  add_tensors(m);
  add_interchange(m);
  add_ops(m);
  add_tapes(m);
  add_callbacks(m);
  add_functions(m);
  add_bodies(m);
  add_sparsities(m);
  add_solvers(m);
  m.def(
      "tensor",
      [](nb::handle value, nb::handle dtype) {
        return wrap(to_tensor(value, dtype.is_none() ? nullptr : &as_dtype(dtype)));
      },
      nb::arg("value").none(), nb::arg("dtype").none() = nb::none(),
      "A tensor of a number, an array, nested lists, or another tensor; dtype: as NumPy's, float32 and int32 for plain "
      "numbers.");
}
