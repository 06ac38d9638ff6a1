"""k-means from one start, to the same inertia within 0.1 %."""
import numpy as np

from problems import blobs
from quality import attribute
from works import THREADS, Work, call, fit

INERTIA = (attribute("inertia_", within=1e-3),)


class Found:
    def __init__(self, inertia):
        self.inertia_ = inertia


def faiss_kmeans(k):
    def run(data):
        import faiss
        faiss.omp_set_num_threads(THREADS)
        means = faiss.Kmeans(data.x.shape[1], k, niter=25, seed=1, max_points_per_centroid=10**9)
        means.train(data.x.astype(np.float32))
        return Found(float(means.obj[-1]))
    return call(run, "faiss")


def k_means(cols, k, n):
    return Work(f"k_means, {n // 1000}k x {cols}, k = {k}", blobs(cols, k, spread=4.0), n,
                fit("hone.k_means", n_clusters=k, n_init=1, seed=0),
                {"scikit-learn": fit("sklearn.cluster.KMeans", n_clusters=k, n_init=1, random_state=0),
                 "scikit-learn-intelex": fit("sklearnex.cluster.KMeans", n_clusters=k, n_init=1,
                                             random_state=0),
                 "faiss Kmeans": faiss_kmeans(k)}, INERTIA, goal=3)


WORKS = [k_means(20, 20, 200_000), k_means(50, 200, 100_000)]
