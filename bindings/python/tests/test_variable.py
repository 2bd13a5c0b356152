"""Variables, modules, and modules on disk."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import gradtape as gt


def value(tensor):
    return np.asarray(tensor).tolist()


class Affine(gt.Module):
    def __init__(self, name=None):
        super().__init__(name)
        self.w = gt.Variable([[2.0, 0.0]], name="w")
        self.b = gt.Variable([1.0, 1.0], name="b")
        self.steps = gt.Variable(0, trainable=False)
        self.calls = []

    @gt.function
    def __call__(self, x):
        self.calls.append(1)
        return x @ self.w + self.b


class Stack(gt.Module):
    def __init__(self):
        self.parts = {"first": [Affine(), Affine()], "again": None}
        self.parts["again"] = self.parts["first"][0]
        self.a = gt.Variable(1.0, name="a")
        self.number = 3
        self.itself = self


def test_a_variable_is_made_of_anything():
    assert gt.Variable(3.0).dtype == gt.float32 and gt.Variable(3).dtype == gt.int32
    assert gt.Variable(np.ones(2)).dtype == gt.float64
    assert gt.Variable(lambda: [1.0, 2.0]).shape == (2,)
    assert gt.Variable(gt.constant([1.0]), dtype="float64").dtype == gt.float64
    assert gt.Variable([1.0], shape=[1]).name == "Variable:0" and gt.Variable(1.0, name="v").name == "v:0"
    assert gt.Variable(1.0, False).trainable is False and gt.Variable(1.0).trainable is True
    v = gt.Variable(1.0)
    assert value(gt.Variable(v).assign(5.0)) == 5 and value(v) == 1


@pytest.mark.parametrize(
    "arguments, error",
    [
        ({}, ValueError),
        ({"initial_value": "x"}, TypeError),
        ({"initial_value": [1.0], "shape": [2]}, ValueError),
    ],
)
def test_a_variable_of_nothing(arguments, error):
    with pytest.raises(error):
        gt.Variable(**arguments)


def test_assignments_return_the_variable():
    v = gt.Variable([1.0, 2.0])
    assert v.assign([3.0, 4.0]) is v
    assert value(v.assign_add([1.0, 1.0]).assign_sub(np.array([0.5, 0.5]))) == [3.5, 4.5]
    before = v.read_value()
    v.assign([0.0, 0.0])
    assert value(before) == [3.5, 4.5] and type(before) is gt.Tensor
    with pytest.raises(ValueError):
        v.assign([1.0, 2.0, 3.0])
    assert value(v) == [0, 0]


def test_adding_to_a_variable_gives_a_tensor():
    v = gt.Variable(1.0)
    same = v
    v += 1.0
    assert type(v) is gt.Tensor and value(same) == 1


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))])
def test_a_variable_is_copied(again):
    v = gt.Variable([1.0, 2.0], trainable=False, name="v", dtype="float64")
    other = again(v)
    assert type(other) is gt.Variable and other is not v
    assert (other.name, other.trainable, other.dtype, value(other)) == ("v:0", False, gt.float64, [1, 2])
    other.assign([5.0, 5.0])
    assert value(v) == [1, 2]


def test_a_module_finds_its_variables():
    m = Affine()
    assert m.name == "affine" and Affine("mine").name == "mine"
    assert m.variables == (m.b, m.steps, m.w) and m.trainable_variables == (m.b, m.w)
    assert m.non_trainable_variables == (m.steps,) and m.submodules == ()


def test_a_module_of_modules_finds_each_variable_once():
    s = Stack()
    first, second = s.parts["first"]
    assert s.submodules == (first, second)
    assert s.variables == (s.a, *first.variables, *second.variables)
    assert s.name == "stack"


def test_a_saved_module_is_loaded(tmp_path):
    m = Affine()
    x = gt.constant([[1.0], [2.0]])
    assert value(m(x)) == [[3, 1], [5, 1]]
    gt.saved_model.save(m, str(tmp_path / "new" / "folder"))
    m.w.assign([[0.0, 0.0]])
    loaded = gt.saved_model.load(str(tmp_path / "new" / "folder"))
    assert type(loaded) is Affine and value(loaded(x)) == [[3, 1], [5, 1]]
    loaded.b.assign([0.0, 0.0])
    assert value(loaded(x)) == [[2, 0], [4, 0]] and value(m.b) == [1, 1]
    with gt.GradientTape() as tape:
        y = loaded(x)
    assert value(tape.gradient(y, loaded.w)) == [[3, 3]]
    gt.saved_model.save(m, str(tmp_path / "new" / "folder"), options=gt.saved_model.SaveOptions())
    assert value(gt.saved_model.load(str(tmp_path / "new" / "folder"))(x)) == [[1, 1], [1, 1]]


def test_a_module_that_cannot_be_saved_leaves_what_was(tmp_path):
    m = Affine()
    gt.saved_model.save(m, str(tmp_path))
    m.w.assign([[7.0, 7.0]])
    m.unsaved = lambda: None
    with pytest.raises((pickle.PicklingError, AttributeError)):
        gt.saved_model.save(m, str(tmp_path))
    assert value(gt.saved_model.load(str(tmp_path)).w) == [[2, 0]]
    with pytest.raises(FileNotFoundError):
        gt.saved_model.load(str(tmp_path / "nothing"))
