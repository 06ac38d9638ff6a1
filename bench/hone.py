"""hone through ctypes: the C API as Python sees it, with numpy arrays and nothing in between.

    model = Estimator("svc", C=10, kernel="rbf").fit(x, y)
    model.predict(x), model.get("dual_coef"), model.n_sv_

Names and parameters are those of `hone models`. x is an array (rows may be strided) or a scipy CSR
matrix, y numbers. HONE_LIBRARY names the library, build/libhone.so if it is not set; THREADS bounds
the threads of every call.
"""
import ctypes
import os
import pathlib
import warnings
from ctypes import POINTER, byref, c_bool, c_char, c_char_p, c_double, c_int, c_size_t, c_uint, c_void_p

import numpy as np

THREADS = int(os.environ.get("OMP_NUM_THREADS", "0"))  # 0 = one per processor
CLASSIFIER, REGRESSOR, CLUSTERER, TRANSFORMER = range(4)

# ---- the structs of include/hone ---------------------------------------------------------------


class Error(ctypes.Structure):
    _fields_ = [("status", c_int), ("message", c_char * 512)]


class View(ctypes.Structure):
    _fields_ = [("data", c_void_p), ("rows", c_size_t), ("cols", c_size_t), ("ld", c_size_t)]


class Csr(ctypes.Structure):
    _fields_ = [("values", c_void_p), ("columns", c_void_p), ("starts", c_void_p),
                ("rows", c_size_t), ("cols", c_size_t)]


class Dataset(ctypes.Structure):
    _fields_ = [("x", View), ("sparse", POINTER(Csr)), ("y", View)] + [
        (name, c_void_p) for name in ("weights", "groups", "time", "fold", "row_ids", "schema")]


class Schema(ctypes.Structure):
    _fields_ = [("n_columns", c_size_t), ("columns", c_void_p),
                ("n_targets", c_size_t), ("targets", c_void_p)]


PROGRESS = ctypes.CFUNCTYPE(None, c_void_p, c_double, c_char_p)
WARN = ctypes.CFUNCTYPE(None, c_void_p, c_char_p)
CANCELLED = ctypes.CFUNCTYPE(c_int, c_void_p)


class Monitor(ctypes.Structure):
    _fields_ = [("user", c_void_p), ("progress", PROGRESS), ("warn", WARN),
                ("cancelled", CANCELLED), ("threads", c_int), ("deadline", c_double)]


# ---- the functions ------------------------------------------------------------------------------

OBJECT, DATA, MONITOR = c_void_p, POINTER(Dataset), POINTER(Monitor)
# name: result, arguments. A result of None marks a hone_status; its last argument is the error.
FUNCTIONS = {
    "create": (None, c_char_p, POINTER(OBJECT)),
    "set": (None, OBJECT, c_char_p),
    "fit": (None, OBJECT, DATA, MONITOR),
    "partial_fit": (None, OBJECT, DATA, MONITOR),
    "fit_path": (None, OBJECT, c_char_p, POINTER(c_char_p), c_size_t, DATA, MONITOR,
                 POINTER(OBJECT)),
    "predict": (None, OBJECT, DATA, c_void_p, MONITOR),
    "predict_proba": (None, OBJECT, DATA, c_void_p, MONITOR),
    "decision_function": (None, OBJECT, DATA, c_void_p, MONITOR),
    "transform": (None, OBJECT, DATA, c_void_p, MONITOR),
    "get_array": (None, OBJECT, c_char_p, POINTER(View)),
    "get_number": (None, OBJECT, c_char_p, POINTER(c_double)),
    "estimator_task": (c_int, OBJECT),
    "is_fitted": (c_bool, OBJECT),
    "n_classes": (c_size_t, OBJECT),
    "decision_cols": (c_size_t, OBJECT),
    "output_schema": (POINTER(Schema), OBJECT),
    "class_count": (c_size_t,),
    "class_at": (c_void_p, c_size_t),
    "class_name": (c_char_p, c_void_p),
    "class_task": (c_int, c_void_p),
    "class_tags": (c_uint, c_void_p),
    "version": (c_char_p,),
    "blas_kernels": (c_char_p,),
    "blas_better_kernels": (c_char_p,),
}


class Failure(Exception):
    """A call that failed; the message is hone's sentence."""


def _bind(library, name):
    function = getattr(library, "hone_" + name)
    result, *arguments = FUNCTIONS[name]
    if result is not None:
        function.restype, function.argtypes = result, arguments
        return function
    function.restype, function.argtypes = c_int, arguments + [POINTER(Error)]

    def checked(*values):
        error = Error()
        if function(*values, byref(error)):
            raise Failure(error.message.decode())
    return checked


_root = pathlib.Path(__file__).resolve().parent.parent
_library = ctypes.CDLL(os.environ.get("HONE_LIBRARY", str(_root / "build" / "libhone.so")))
_library.hone_free.argtypes, _library.hone_free.restype = [OBJECT], None
_call = {name: _bind(_library, name) for name in FUNCTIONS}


def version():
    return _call["version"]().decode()


def blas_kernels():
    return _call["blas_kernels"]().decode()


def names():
    """Every kind of estimator: name -> task."""
    kinds = [_call["class_at"](i) for i in range(_call["class_count"]())]
    return {_call["class_name"](kind).decode(): _call["class_task"](kind) for kind in kinds}


# ---- data ---------------------------------------------------------------------------------------


def _address(array):
    try:  # the fastest way, for what is writable and has no gaps
        return ctypes.addressof(c_char.from_buffer(array))
    except (TypeError, ValueError, BufferError):
        return array.__array_interface__["data"][0]


def _view(array):
    """Of doubles in rows, without a copy where it can be; a vector is a column. And its owner."""
    array = np.asarray(array, dtype=np.float64)
    if array.ndim == 1 and array.flags.c_contiguous:
        return View(_address(array), len(array), 1, 1), array
    if array.ndim == 1 or array.strides[1] != 8 or array.strides[0] < array.shape[1] * 8:
        array = np.ascontiguousarray(array.reshape(len(array), -1))
    return View(_address(array), *array.shape, array.strides[0] // 8), array


def _dataset(x, y=None, weights=None):
    """The struct, and the arrays that it points to: the caller keeps both."""
    data, keep = Dataset(), []
    if hasattr(x, "indptr"):
        keep += [np.asarray(x.data, dtype=np.float64), x.indices.astype(np.uint32, copy=False),
                 x.indptr.astype(np.uint64)]
        data.sparse = ctypes.pointer(Csr(*map(_address, keep), *x.shape))
    else:
        data.x, owner = _view(x)
        keep.append(owner)
    if y is not None:
        data.y, owner = _view(y)
        keep.append(owner)
    if weights is not None:
        keep.append(np.ascontiguousarray(weights, dtype=np.float64))
        data.weights = _address(keep[-1])
    return data, keep


def _text(value):
    """A parameter as hone_set() reads it."""
    if isinstance(value, (list, tuple)):
        return "(" + ",".join(map(_text, value)) + ")"
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    return repr(float(value)) if isinstance(value, float) else str(value)


# ---- the estimator ------------------------------------------------------------------------------


@WARN
def _warn(_, message):
    warnings.warn(message.decode(), stacklevel=2)


_monitor = Monitor(threads=THREADS, warn=_warn)


class Estimator:
    """One hone_estimator, with scikit-learn's verbs. Fitted attributes: get("coef") or coef_."""

    def __init__(self, name, **parameters):
        self._it = OBJECT()
        _call["create"](name.encode(), byref(self._it))
        if parameters:
            self.set(**parameters)

    def __del__(self):
        _library.hone_free(self._it)

    def set(self, **parameters):
        text = ", ".join(f"{name}={_text(value)}" for name, value in parameters.items())
        _call["set"](self._it, text.encode())
        return self

    def fit(self, x, y=None, weights=None):
        return self._learn("fit", x, y, weights)

    def partial_fit(self, x, y=None, weights=None):
        return self._learn("partial_fit", x, y, weights)

    def fit_path(self, parameter, values, x, y):
        """Fitted models along one parameter, each from the one before."""
        data, _keep = _dataset(x, y)
        texts = (c_char_p * len(values))(*[_text(float(value)).encode() for value in values])
        found = (OBJECT * len(values))()
        _call["fit_path"](self._it, parameter.encode(), texts, len(values), byref(data),
                          byref(_monitor), found)
        models = [Estimator.__new__(Estimator) for _ in values]
        for model, it in zip(models, found):
            model._it = OBJECT(it)
        return models

    def _learn(self, verb, x, y, weights):
        data, _keep = _dataset(x, y, weights)
        _call[verb](self._it, byref(data), byref(_monitor))
        return self

    def _answer(self, verb, x, cols):
        data, _keep = _dataset(x)
        out = np.empty((x.shape[0], cols) if cols else x.shape[0])
        _call[verb](self._it, byref(data), _address(out), byref(_monitor))
        return out

    def predict(self, x):
        return self._answer("predict", x, 0)

    def predict_proba(self, x):
        return self._answer("predict_proba", x, _call["n_classes"](self._it))

    def decision_function(self, x):
        cols = _call["decision_cols"](self._it)
        return self._answer("decision_function", x, cols if cols > 1 else 0)

    def transform(self, x):
        schema = _call["output_schema"](self._it)
        if not schema:
            raise Failure("transform: not a fitted transformer")
        return self._answer("transform", x, schema.contents.n_columns)

    def get(self, name):
        """A fitted attribute: an array (a copy), or a number."""
        view, number = View(), c_double()
        try:
            _call["get_number"](self._it, name.encode(), byref(number))
            return number.value
        except Failure:
            _call["get_array"](self._it, name.encode(), byref(view))
        pointer = ctypes.cast(view.data, POINTER(c_double))
        shape, strides = (view.rows, view.cols), (view.ld * 8, 8)
        flat = np.ctypeslib.as_array(pointer, shape=(view.rows * view.ld,))
        return np.lib.stride_tricks.as_strided(flat, shape, strides).copy()

    def __getattr__(self, name):
        if name.startswith("_") or not name.endswith("_"):
            raise AttributeError(name)
        return self.get(name[:-1])
