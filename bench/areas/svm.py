"""Support vector machines; the same kernel width on both sides (about that of gamma=scale), no
probabilities."""
from debian import libsvm
from problems import clusters_of_classes, table
from quality import accuracy, svm_dual
from works import Work, fit, predict

CACHE = 1000  # MB, on both sides


def both(how, **parameters):
    """hone's side and those of scikit-learn and its Intel extension."""
    return (how("hone.svc", probability=False, cache_size=CACHE, **parameters),
            {"scikit-learn": how("sklearn.svm.SVC", cache_size=CACHE, **parameters),
             "scikit-learn-intelex": how("sklearnex.svm.SVC", cache_size=CACHE, **parameters)})


def rbf(gamma):
    """A fit of two classes, with Debian's LIBSVM as a third peer; equal is the dual objective."""
    ours, peers = both(fit, gamma=gamma)
    return ours, peers | {"LIBSVM": libsvm(gamma, cache_size=CACHE)}, (svm_dual(gamma),)


WORKS = [
    Work("svc rbf, 10k x 20", clusters_of_classes(20, spread=1.5), 10_000,
         *rbf(0.015), goal={"scikit-learn": 3}),
    Work("svc rbf, 20k x 50", clusters_of_classes(50, spread=2.0), 20_000,
         *rbf(0.004), goal={"scikit-learn": 3}),
    Work("svc rbf, digits, 10 classes", table("digits", "digit", scale=1 / 16), 1797,
         *both(fit, gamma=0.25, C=10), (accuracy(1e-9),), goal={"scikit-learn": 3}, growth=False),
    Work("svc rbf predict, 10k of 5k vectors",
         clusters_of_classes(20, spread=1.8, tests=10_000), 7000,
         *both(predict, gamma=0.05), (accuracy(1e-9),), goal={"scikit-learn": 10}, growth=False),
]
