"""LIBLINEAR 2.3 and LIBSVM 3.24, the shared libraries of Debian, as sides of a work.

Their problems are rows of (index, value) nodes; making these is not timed. A machine without the
libraries has no such sides.
"""
import ctypes
from ctypes import POINTER, Structure, byref, c_char_p, c_double, c_int, c_void_p

import numpy as np

NODE = np.dtype([("index", np.int32), ("", np.int32), ("value", np.float64)])


class LinearProblem(Structure):
    _fields_ = [("l", c_int), ("n", c_int), ("y", c_void_p), ("x", c_void_p), ("bias", c_double)]


class LinearParameter(Structure):
    _fields_ = [("solver_type", c_int), ("eps", c_double), ("C", c_double), ("nr_weight", c_int),
                ("weight_label", c_void_p), ("weight", c_void_p), ("p", c_double),
                ("init_sol", c_void_p)]


class LinearModel(Structure):
    _fields_ = [("param", LinearParameter), ("nr_class", c_int), ("nr_feature", c_int),
                ("w", POINTER(c_double)), ("label", POINTER(c_int)), ("bias", c_double)]


class SvmProblem(Structure):
    _fields_ = [("l", c_int), ("y", c_void_p), ("x", c_void_p)]


class SvmParameter(Structure):
    _fields_ = [("svm_type", c_int), ("kernel_type", c_int), ("degree", c_int),
                ("gamma", c_double), ("coef0", c_double), ("cache_size", c_double),
                ("eps", c_double), ("C", c_double), ("nr_weight", c_int),
                ("weight_label", c_void_p), ("weight", c_void_p), ("nu", c_double),
                ("p", c_double), ("shrinking", c_int), ("probability", c_int)]


class SvmModel(Structure):
    _fields_ = [("param", SvmParameter), ("nr_class", c_int), ("l", c_int), ("SV", c_void_p),
                ("sv_coef", POINTER(POINTER(c_double))), ("rho", POINTER(c_double)),
                ("probA", c_void_p), ("probB", c_void_p), ("sv_indices", POINTER(c_int)),
                ("label", POINTER(c_int)), ("nSV", POINTER(c_int)), ("free_sv", c_int)]


@ctypes.CFUNCTYPE(None, c_char_p)
def _silent(_):
    pass


def _load(name, train, problem, parameter, model):
    try:
        library = ctypes.CDLL(name)
    except OSError as reason:
        raise ImportError(str(reason)) from None
    function = getattr(library, train)
    function.restype, function.argtypes = POINTER(model), [POINTER(problem), POINTER(parameter)]
    return library, function


def _rows(x):
    """Nodes of all rows, each row ended by index -1, and the addresses of the rows."""
    nodes = np.zeros((len(x), x.shape[1] + 1), NODE)
    nodes["index"] = np.append(np.arange(1, x.shape[1] + 1), -1)
    nodes["value"][:, :-1] = x
    return nodes, (nodes.ctypes.data + nodes.strides[0] * np.arange(len(x))).astype(np.uint64)


class Linear:
    """W in the order of ascending classes, no intercept."""

    def __init__(self, model):
        sign = 1 if model.nr_class > 2 or model.label[0] == 1 else -1
        vectors = model.nr_class if model.nr_class > 2 else 1
        w = np.ctypeslib.as_array(model.w, shape=(model.nr_feature, vectors))
        self.coef_, self.intercept_ = sign * w.T.copy(), np.zeros(vectors)


def liblinear(solver, C, eps):
    """Fits without intercept; the number of the solver is LIBLINEAR's (6: L1 logistic)."""
    def prepare(data):
        library, train = _load("liblinear.so.4", "train", LinearProblem, LinearParameter, LinearModel)
        library.set_print_string_function(_silent)
        nodes, rows = _rows(data.x)
        y = np.ascontiguousarray(data.y, dtype=np.float64)
        problem = LinearProblem(len(y), data.x.shape[1], y.ctypes.data, rows.ctypes.data, -1.0)
        parameter = LinearParameter(solver_type=solver, eps=eps, C=C, p=0.1)

        def run(_keep=(nodes, rows, y)):
            return Linear(train(byref(problem), byref(parameter)).contents)
        return run
    return prepare


class Machine:
    """The first machine of an SVM."""

    def __init__(self, model, x):
        chosen = np.ctypeslib.as_array(model.sv_indices, shape=(model.l,)) - 1
        self.support_vectors_ = x[chosen]
        self.dual_coef_ = np.ctypeslib.as_array(model.sv_coef[0], shape=(model.l,)).copy()


def libsvm(gamma, C=1.0, cache_size=1000, tol=1e-3):
    """Fits an rbf machine of classes."""
    def prepare(data):
        library, train = _load("libsvm.so.3", "svm_train", SvmProblem, SvmParameter, SvmModel)
        library.svm_set_print_string_function(_silent)
        nodes, rows = _rows(data.x)
        y = np.ascontiguousarray(data.y, dtype=np.float64)
        problem = SvmProblem(len(y), y.ctypes.data, rows.ctypes.data)
        parameter = SvmParameter(kernel_type=2, gamma=gamma, C=C, cache_size=cache_size, eps=tol,
                                 shrinking=1)

        def run(_keep=(nodes, rows, y)):
            return Machine(train(byref(problem), byref(parameter)).contents, data.x)
        return run
    return prepare
