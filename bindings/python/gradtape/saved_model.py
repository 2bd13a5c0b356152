"""`gradtape.saved_model`: modules on disk, as pickles.

A saved module has the values of its variables, its other attributes, and the name of its class. The code stays
in the class's own module, which must be importable when the module is loaded. A class defined in `__main__` is
importable within the same program. Custom gradients are code, and stay with the class. Load only files
that you trust: a pickle can run any code.
"""

from __future__ import annotations

import dataclasses
import os
import pickle
from typing import Any, Optional

_FILE = "module.pickle"


@dataclasses.dataclass
class SaveOptions:
    """Options of `save`; they are TensorFlow's, and change nothing."""

    experimental_custom_gradients: bool = False
    namespace_whitelist: Optional[Any] = None
    function_aliases: Optional[Any] = None


def save(obj: Any, export_dir: str, signatures: Any = None, options: Optional[SaveOptions] = None) -> None:
    """Writes the module into the folder, which is made. A value that cannot be pickled raises pickle's error.

    An earlier module in the folder is replaced, once the new one is written. `signatures` and `options` change
    nothing.
    """
    data = pickle.dumps(obj)
    os.makedirs(export_dir, exist_ok=True)
    path = os.path.join(export_dir, _FILE)
    with open(path + ".new", "wb") as file:
        file.write(data)
    os.replace(path + ".new", path)


def load(export_dir: str, tags: Any = None, options: Any = None) -> Any:
    """The module that `save` wrote into the folder, with variables of its own. FileNotFoundError: there is
    none.
    """
    with open(os.path.join(export_dir, _FILE), "rb") as file:
        return pickle.load(file)
