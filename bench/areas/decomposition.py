"""Principal components."""
from problems import low_rank
from quality import attribute
from works import Work, fit

VARIANCE = (attribute("explained_variance_", lower=False, within=1e-6),)

WORKS = [
    Work("pca, 100k x 100, 10 components", low_rank(100, 20), 100_000,
         fit("hone.pca", n_components=10),
         {"scikit-learn": fit("sklearn.decomposition.PCA", n_components=10),
          "scikit-learn-intelex": fit("sklearnex.decomposition.PCA", n_components=10)},
         VARIANCE, goal={"scikit-learn": 2}),
]
