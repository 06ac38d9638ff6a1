"""hone through ctypes: the C API as Python sees it, with numpy arrays and nothing in between.

    model = Estimator("svc", C=10, kernel="rbf").fit(x, y)
    model.predict(x), model.get("dual_coef"), model.n_sv_

Names and parameters are those of `hone models`. x is an array (rows may be strided) or a scipy CSR
matrix, y numbers; Data(x, y) is both as hone takes them, made once for any number of calls.
HONE_LIBRARY names the library, build/libhone.so if it is not set; THREADS bounds the threads of
every call. All calls come from one thread.
"""
import ctypes
import os
import pathlib
import warnings
from ctypes import POINTER, byref, c_char, c_char_p, c_double, c_int, c_size_t, c_uint64, c_void_p

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


class Column(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("kind", c_int), ("n_levels", c_size_t),
                ("levels", POINTER(c_char_p))]


class Permutation(ctypes.Structure):
    _fields_ = [("repeats", c_size_t), ("seed", c_uint64), ("level", c_double),
                ("groups", c_void_p), ("n_groups", c_size_t)]


class Importance(ctypes.Structure):
    _fields_ = [("n", c_size_t), ("repeats", c_size_t), ("baseline", c_double),
                ("level", c_double)] + [
        (name, POINTER(c_double)) for name in ("loss", "mean", "sd", "low", "high")]


PROGRESS = ctypes.CFUNCTYPE(None, c_void_p, c_double, c_char_p)
WARN = ctypes.CFUNCTYPE(None, c_void_p, c_char_p)
CANCELLED = ctypes.CFUNCTYPE(c_int, c_void_p)


class Monitor(ctypes.Structure):
    _fields_ = [("user", c_void_p), ("progress", PROGRESS), ("warn", WARN),
                ("cancelled", CANCELLED), ("threads", c_int), ("deadline", c_double)]


# ---- the functions ------------------------------------------------------------------------------


class Failure(Exception):
    """A call that failed; the message is hone's sentence."""


_error = Error()
ERROR = byref(_error)  # the last argument of what returns a hone_status


def _status(code):
    if code:
        raise Failure(_error.message.decode())


# What comes back. Arguments have no declared types, which ctypes would look at in every call: it
# takes bytes, c_void_p, byref() and arrays for pointers; numbers must come as c_size_t.
RESULTS = {
    "create": _status, "create_spec": _status, "set": _status, "free": None,
    "fit": _status, "partial_fit": _status, "fit_path": _status,
    "predict": _status, "predict_proba": _status, "decision_function": _status,
    "transform": _status, "get_array": _status, "get_number": _status,
    "n_classes": c_size_t, "decision_cols": c_size_t, "output_schema": POINTER(Schema),
    "metric_find": _status, "permutation_importance": _status, "importance_free": None,
    "class_count": c_size_t, "class_at": c_void_p, "class_name": c_char_p, "class_task": c_int,
    "version": c_char_p, "blas_kernels": c_char_p,
}

_root = pathlib.Path(__file__).resolve().parent.parent
_library = ctypes.CDLL(os.environ.get("HONE_LIBRARY", str(_root / "build" / "libhone.so")))
for _name, _result in RESULTS.items():
    getattr(_library, "hone_" + _name).restype = _result


def version():
    return _library.hone_version().decode()


def blas_kernels():
    return _library.hone_blas_kernels().decode()


def names():
    """Every kind of estimator: name -> task."""
    count = _library.hone_class_count()
    kinds = [c_void_p(_library.hone_class_at(c_size_t(i))) for i in range(count)]
    return {_library.hone_class_name(kind).decode(): _library.hone_class_task(kind)
            for kind in kinds}


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


class Data:
    """A hone_dataset with the arrays that it points to. `here` is its address. levels: how many each
    column has, whose cells then are codes from 0; 0 for a column of numbers."""

    def __init__(self, x, y=None, weights=None, levels=None):
        self._struct, self._keep = Dataset(), []
        self.here, self.rows = byref(self._struct), x.shape[0]
        if hasattr(x, "indptr"):
            self._keep += [np.asarray(x.data, dtype=np.float64),
                           x.indices.astype(np.uint32, copy=False), x.indptr.astype(np.uint64)]
            self._struct.sparse = ctypes.pointer(Csr(*map(_address, self._keep), *x.shape))
        else:
            self._struct.x = self._view(x)
        if y is not None:
            self._struct.y = self._view(y)
        if weights is not None:
            self._struct.weights = self._view(weights).data
        if levels is not None:
            self._struct.schema = ctypes.addressof(self._schema(levels))

    def _schema(self, levels):
        texts = [(c_char_p * k)(*[b"%d" % code for code in range(k)]) for k in levels]
        columns = (Column * len(levels))(*[
            Column(b"x%d" % j, int(len(text) > 0), len(text), ctypes.cast(text, POINTER(c_char_p)))
            for j, text in enumerate(texts)])
        schema = Schema(len(levels), ctypes.addressof(columns), 0, None)
        self._keep += [texts, columns, schema]
        return schema

    def _view(self, array):
        view, owner = _view(array)
        self._keep.append(owner)
        return view


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
MONITOR = byref(_monitor)


class Estimator:
    """One hone_estimator, with scikit-learn's verbs. Fitted attributes: get("coef") or coef_."""

    def __init__(self, name, **parameters):
        """name: or the spec of one made of others, "voting_classifier(svc, gaussian_nb)"."""
        self._it = c_void_p()
        if "(" in name:
            _library.hone_create_spec(name.encode(), c_int(0), byref(self._it), ERROR)
        else:
            _library.hone_create(name.encode(), byref(self._it), ERROR)
        if parameters:
            self.set(**parameters)

    def __del__(self):
        _library.hone_free(self._it)

    def set(self, **parameters):
        text = ", ".join(f"{name}={_text(value)}" for name, value in parameters.items())
        return self.set_text(text.encode())

    def set_text(self, text):
        """text: bytes as in the specs of the command line."""
        _library.hone_set(self._it, text, ERROR)
        return self

    def fit(self, x, y=None, weights=None):
        """x may be Data, which has all three."""
        data = x if isinstance(x, Data) else Data(x, y, weights)
        _library.hone_fit(self._it, data.here, MONITOR, ERROR)
        return self

    def partial_fit(self, x, y=None, weights=None):
        data = x if isinstance(x, Data) else Data(x, y, weights)
        _library.hone_partial_fit(self._it, data.here, MONITOR, ERROR)
        return self

    def fit_path(self, parameter, values, x, y):
        """Fitted models along one parameter, each from the one before."""
        texts = (c_char_p * len(values))(*[_text(float(value)).encode() for value in values])
        found, data = (c_void_p * len(values))(), Data(x, y)
        _library.hone_fit_path(self._it, parameter.encode(), texts, c_size_t(len(values)),
                               data.here, MONITOR, found, ERROR)
        models = [Estimator.__new__(Estimator) for _ in values]
        for model, it in zip(models, found):
            model._it = c_void_p(it)
        return models

    def _answer(self, verb, x, cols):
        data = x if isinstance(x, Data) else Data(x)
        out = np.empty((data.rows, cols) if cols else data.rows)
        verb(self._it, data.here, c_void_p(_address(out)), MONITOR, ERROR)
        return out

    def predict(self, x):
        return self._answer(_library.hone_predict, x, 0)

    def predict_proba(self, x):
        return self._answer(_library.hone_predict_proba, x, _library.hone_n_classes(self._it))

    def decision_function(self, x):
        cols = _library.hone_decision_cols(self._it)
        return self._answer(_library.hone_decision_function, x, cols if cols > 1 else 0)

    def transform(self, x):
        schema = _library.hone_output_schema(self._it)
        if not schema:
            raise Failure("transform: not a fitted transformer")
        return self._answer(_library.hone_transform, x, schema.contents.n_columns)

    def permutation(self, metric, x, y, repeats=10):
        """Mean loss of a metric when each column is dealt to other rows."""
        found, row, data = Importance(), c_void_p(), Data(x, y)
        _library.hone_metric_find(metric.encode(), byref(row), ERROR)
        _library.hone_permutation_importance(self._it, data.here, c_size_t(1), row,
                                             byref(Permutation(repeats=repeats)), MONITOR,
                                             byref(found), ERROR)
        mean = np.array(found.mean[:found.n])
        _library.hone_importance_free(byref(found))
        return mean

    def shap(self, x):
        """Shapley values of a model of trees with one output: rows x (columns + 1)."""
        data = x if isinstance(x, Data) else Data(x)
        out = np.empty((data.rows, np.shape(x)[1] + 1))
        _library.hone_shap_values(self._it, data.here, c_void_p(_address(out)), MONITOR, ERROR)
        return out

    def get(self, name):
        """A fitted attribute: an array (a copy), or a number."""
        view, number = View(), c_double()
        try:
            _library.hone_get_number(self._it, name.encode(), byref(number), ERROR)
            return number.value
        except Failure:
            _library.hone_get_array(self._it, name.encode(), byref(view), ERROR)
        pointer = ctypes.cast(view.data, POINTER(c_double))
        shape, strides = (view.rows, view.cols), (view.ld * 8, 8)
        flat = np.ctypeslib.as_array(pointer, shape=(view.rows * view.ld,))
        return np.lib.stride_tricks.as_strided(flat, shape, strides).copy()

    def __getattr__(self, name):
        if name.startswith("_") or not name.endswith("_"):
            raise AttributeError(name)
        return self.get(name[:-1])
