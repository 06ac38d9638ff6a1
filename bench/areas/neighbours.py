"""Nearest neighbours. faiss only searches: the vote on top is numpy's and counted with it."""
import numpy as np

from problems import Data, clusters_of_classes
from quality import accuracy
from works import THREADS, Work, call, predict

K = 5
MODULE = "sklearn.neighbors.KNeighborsClassifier"


def faiss_vote(data):
    import faiss
    faiss.omp_set_num_threads(THREADS)
    index = faiss.IndexFlatL2(data.x.shape[1])
    index.add(data.x.astype(np.float32))
    _, near = index.search(data.test_x.astype(np.float32), K)
    votes = data.y[near]
    classes = np.unique(data.y)
    return classes[(votes[:, :, None] == classes).sum(1).argmax(1)]


def uniform(cols, tests):
    """Points of the unit cube; the class is that of a cell of a chessboard."""
    def make(n):
        rng = np.random.default_rng(cols)
        x = rng.uniform(size=(n + tests, cols))
        y = np.floor(4 * x).sum(1) % 2
        return Data(x[:n], y[:n], x[n:], y[n:])
    return make


def globe(tests):
    """Latitudes and longitudes of places all over the globe; the class is that of a cell of a map."""
    def make(n):
        v = np.random.default_rng(3).normal(size=(n + tests, 3))
        x = np.c_[np.arcsin(v[:, 2] / np.linalg.norm(v, axis=1)), np.arctan2(v[:, 1], v[:, 0])]
        y = np.floor(8 * x).sum(1) % 2
        return Data(x[:n], y[:n], x[n:], y[n:])
    return make


WORKS = [
    Work("brute, 50k x 30, 10k queries", clusters_of_classes(30, 5, tests=10_000), 50_000,
         predict("hone.k_neighbors_classifier", n_neighbors=K, algorithm="brute"),
         {"scikit-learn": predict(MODULE, n_neighbors=K, algorithm="brute"),
          "faiss IndexFlatL2": call(faiss_vote, "faiss")},
         (accuracy(1e-3),), goal={"scikit-learn": 3, "faiss": 1.2}),
    Work("kd-tree, 200k x 3, 10k queries", uniform(3, 10_000), 200_000,
         predict("hone.k_neighbors_classifier", n_neighbors=K, algorithm="kd_tree"),
         {"scikit-learn": predict(MODULE, n_neighbors=K, algorithm="kd_tree")},
         (accuracy(1e-3),), goal={"scikit-learn": 3, "faiss": 1.2}),
    # what a ball tree would be for
    Work("haversine, 200k places, 10k queries", globe(10_000), 200_000,
         predict("hone.k_neighbors_classifier", n_neighbors=K, metric="haversine"),
         {"ball tree": predict(MODULE, n_neighbors=K, metric="haversine", algorithm="ball_tree")},
         (accuracy(1e-3),)),
    Work("100k x 20, 2k queries", clusters_of_classes(20, 5, tests=2_000), 100_000,
         predict("hone.k_neighbors_classifier", n_neighbors=K),
         {"ball tree": predict(MODULE, n_neighbors=K, algorithm="ball_tree")},
         (accuracy(1e-3),)),
]
