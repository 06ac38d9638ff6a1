"""Creating, fitting and freeing every estimator of the registry on iris, 150 x 4: what a call costs.

The arrays are there in the form that each side takes (works.fit), parameters are given anew each time.

PEERS says which class of scikit-learn does the same, with parameters where the defaults differ;
what is made of other estimators has no row, nor have encoders: iris has no texts. NAME: (class, our parameters, its parameters).
"""
import hone
from problems import table
from quality import Quality, accuracy, attribute, over_seeds, r2, size_of_output
from works import Work, fit, fit_by_chance

PEERS = {
    "dummy_classifier": ("dummy.DummyClassifier", {}, {}),
    "dummy_regressor": ("dummy.DummyRegressor", {}, {}),
    "logistic_regression": ("linear_model.LogisticRegression", {"tol": 1e-4}, {"max_iter": 1000}),
    "linear_regression": ("linear_model.LinearRegression", {}, {}),
    "ridge": ("linear_model.Ridge", {}, {}),
    "lasso": ("linear_model.Lasso", {"alpha": 0.1}, {"alpha": 0.1}),
    "elastic_net": ("linear_model.ElasticNet", {"alpha": 0.1}, {"alpha": 0.1}),
    "perceptron": ("linear_model.Perceptron", {}, {}),
    "sgd_classifier": ("linear_model.SGDClassifier", {}, {}),
    "sgd_regressor": ("linear_model.SGDRegressor", {}, {}),
    "linear_svc": ("svm.LinearSVC", {}, {}),
    "linear_svr": ("svm.LinearSVR", {}, {}),
    "svc": ("svm.SVC", {"probability": False}, {}),
    "nu_svc": ("svm.NuSVC", {"probability": False}, {}),
    "svr": ("svm.SVR", {}, {}),
    "nu_svr": ("svm.NuSVR", {}, {}),
    "one_class_svm": ("svm.OneClassSVM", {}, {}),
    "k_neighbors_classifier": ("neighbors.KNeighborsClassifier", {}, {}),
    "k_neighbors_regressor": ("neighbors.KNeighborsRegressor", {}, {}),
    "radius_neighbors_classifier": ("neighbors.RadiusNeighborsClassifier", {}, {}),
    "radius_neighbors_regressor": ("neighbors.RadiusNeighborsRegressor", {}, {}),
    # theirs counts one more
    "nearest_neighbors": ("neighbors.KNeighborsTransformer", {"n_neighbors": 5}, {"n_neighbors": 4}),
    "decision_tree_classifier": ("tree.DecisionTreeClassifier", {}, {}),
    "decision_tree_regressor": ("tree.DecisionTreeRegressor", {}, {}),
    "random_forest_classifier": ("ensemble.RandomForestClassifier", {}, {}),
    "random_forest_regressor": ("ensemble.RandomForestRegressor", {}, {}),
    "extra_trees_classifier": ("ensemble.ExtraTreesClassifier", {}, {}),
    "extra_trees_regressor": ("ensemble.ExtraTreesRegressor", {}, {}),
    "k_means": ("cluster.KMeans", {"n_clusters": 3, "n_init": 1}, {"n_clusters": 3, "n_init": 1}),
    "mini_batch_k_means": ("cluster.MiniBatchKMeans", {"n_clusters": 3, "n_init": 1},
                           {"n_clusters": 3, "n_init": 1}),
    "pca": ("decomposition.PCA", {"n_components": 2}, {"n_components": 2}),
    "gaussian_nb": ("naive_bayes.GaussianNB", {}, {}),
    "multinomial_nb": ("naive_bayes.MultinomialNB", {}, {}),
    "linear_discriminant_analysis": ("discriminant_analysis.LinearDiscriminantAnalysis", {}, {}),
    "mlp_classifier": ("neural_network.MLPClassifier", {}, {}),
    # theirs often stops where it is far from fitting: both go through as many epochs
    "mlp_regressor": ("neural_network.MLPRegressor", {"n_iter_no_change": 200}, {"n_iter_no_change": 200}),
    "simple_imputer": ("impute.SimpleImputer", {}, {}),
    "standard_scaler": ("preprocessing.StandardScaler", {}, {}),
    "min_max_scaler": ("preprocessing.MinMaxScaler", {}, {}),
    "max_abs_scaler": ("preprocessing.MaxAbsScaler", {}, {}),
    "normalizer": ("preprocessing.Normalizer", {}, {}),
    "binarizer": ("preprocessing.Binarizer", {}, {}),
    "variance_threshold": ("feature_selection.VarianceThreshold", {}, {}),
    "robust_scaler": ("preprocessing.RobustScaler", {}, {}),
    "quantile_transformer": ("preprocessing.QuantileTransformer", {"n_quantiles": 100},
                             {"n_quantiles": 100}),
    "polynomial_features": ("preprocessing.PolynomialFeatures", {}, {}),
}
RANDOM = ("sgd_", "perceptron", "mlp_", "mini_batch", "random_forest", "extra_trees")  # learn in an order of their own
GOAL = 20


def _quality(name, task):
    """On the rows of the fit: equal but for the last digits, or alike where chance comes in: on iris
    as it is a perceptron of either side has an accuracy from 0.34 to 0.97, by the order of the rows."""
    if name.startswith(RANDOM):
        return over_seeds(_loose_quality(name, task), 20 if name.startswith("mlp") else 200)
    if task == hone.TRANSFORMER:
        return size_of_output()
    if name.endswith("k_means"):
        return attribute("inertia_", within=0.1)
    if task == hone.CLASSIFIER:
        return accuracy(0.01)
    if task == hone.REGRESSOR:
        return r2(1e-3)
    return Quality("fitted", lambda *_: 1.0, True, 0)


def _loose_quality(name, task):
    if name.endswith("k_means"):
        return attribute("inertia_", within=0.05)
    return accuracy(0.05) if task == hone.CLASSIFIER else r2(0.1)


def _row(name, task):
    path, ours, theirs = PEERS[name]
    side = fit_by_chance if name.startswith(RANDOM) else fit
    return Work(name, table("iris", "species"), 150, side("hone." + name, **ours),
                {"scikit-learn": side("sklearn." + path, **theirs)}, (_quality(name, task),),
                goal=GOAL, growth=False, memory=False)


WORKS = [_row(name, task) for name, task in hone.names().items() if name in PEERS]
