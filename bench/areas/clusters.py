"""k-means to the same inertia within 0.1 %.

Where k-means ends depends on where it begins. So each side draws a beginning of its own, which is
timed, and the peers then go on from hone's centres after its first iteration.
"""
import functools

import numpy as np

import hone
from problems import blobs
from quality import attribute
from works import THREADS, Work, fit, maker

INERTIA = (attribute("inertia_", within=1e-3),)


class Found:
    def __init__(self, inertia):
        self.inertia_ = inertia


@functools.lru_cache(maxsize=1)
def _first_centres(k, n, data_of):
    data = data_of(n)
    once = hone.Estimator("k_means", n_clusters=k, n_init=1, max_iter=1).fit(data.x)
    iterations = hone.Estimator("k_means", n_clusters=k, n_init=1).fit(data.x).n_iter_
    return once.cluster_centers_, int(iterations)


def from_hones_start(path, k, data_of):
    def prepare(data):
        from sklearn.cluster import kmeans_plusplus
        centres, _ = _first_centres(k, len(data.x), data_of)
        make = maker(path, n_clusters=k, init=centres, n_init=1)

        def run():
            kmeans_plusplus(data.x, k, random_state=0)
            return make().fit(data.x)
        return run
    return prepare


def faiss_kmeans(k, data_of):
    """As many iterations as hone takes; its own beginnings are random rows and cost nothing."""
    def prepare(data):
        import faiss
        faiss.omp_set_num_threads(THREADS)
        centres, iterations = _first_centres(k, len(data.x), data_of)

        def run():
            means = faiss.Kmeans(data.x.shape[1], k, niter=max(iterations - 1, 1),
                                 max_points_per_centroid=10**9)
            means.train(data.x.astype(np.float32), init_centroids=centres.astype(np.float32))
            return Found(float(means.obj[-1]))
        return run
    return prepare


def k_means(cols, k, n):
    data_of = blobs(cols, k, spread=4.0)
    return Work(f"k_means, {n // 1000}k x {cols}, k = {k}", data_of, n,
                fit("hone.k_means", n_clusters=k, n_init=1),
                {"scikit-learn": from_hones_start("sklearn.cluster.KMeans", k, data_of),
                 "scikit-learn-intelex": from_hones_start("sklearnex.cluster.KMeans", k, data_of),
                 "faiss Kmeans": faiss_kmeans(k, data_of)}, INERTIA,
                goal={"scikit-learn": 3, "faiss": 1.2})


WORKS = [k_means(20, 20, 200_000), k_means(50, 200, 100_000)]
