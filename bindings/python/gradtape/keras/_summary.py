"""The table that `model.summary()` prints."""

from __future__ import annotations

from typing import Any, Iterable, Sequence


def summary_of(model: Any, layers: Sequence[Any], width: int) -> str:
    """A line for each layer, and the sums. ValueError: the model has not been built."""
    if not model.built:
        raise ValueError(
            f"{model.name}: no variables yet; call the model, or give its first layer an input_shape"
        )
    lines = [f'Model: "{model.name}"', "_" * width, _row(("Layer (type)", "Output Shape", "Param #"), width)]
    lines.append("=" * width)
    for layer in layers:
        title = f"{layer.name} ({type(layer).__name__})"
        lines.append(_row((title, _shape(layer._output_shape), str(layer.count_params())), width))
    trainable = _count(model.trainable_variables)
    others = _count(model.non_trainable_variables)
    lines += ["=" * width, f"Total params: {trainable + others}", f"Trainable params: {trainable}"]
    return "\n".join([*lines, f"Non-trainable params: {others}", "_" * width])


def _row(entries: tuple[str, str, str], width: int) -> str:
    first, second = int(width * 0.5), int(width * 0.35)
    name, shape, count = entries
    return f" {name:<{first}}{shape:<{second}}{count}"


def _shape(shape: Any) -> str:
    """The sizes, that of the batch as None; ? where the layer was not called by itself."""
    return "?" if shape is None else str((None, *shape[1:]))


def _count(variables: Iterable[Any]) -> int:
    return sum(v.size for v in variables)
