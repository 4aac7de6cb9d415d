#!/usr/bin/env python3
"""Logistic regression by scikit-learn on the subsets that benchmarks/run Retrainings writes.

Needs numpy, scikit-learn and joblib. Reads rows, labels, tests and masks from FOLDER, trains in a
loop on all cores, a process a core, and writes scores.f64 of the timed loop and converged.f64 of
the first subsets, which are fitted by Newton's method until nothing changes. Prints the loop's
seconds and the processor's.
"""
import json
import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
from joblib import Parallel, delayed
from sklearn.linear_model import LogisticRegression


def fit(x, y, tests, mask, **options):
    model = LogisticRegression(C=1.0, fit_intercept=False, **options)
    return model.fit(x[mask], y[mask]).decision_function(tests)


def loop(x, y, tests, masks):
    """Scores of each subset, and the processor's seconds."""
    begin = time.process_time()
    scores = [fit(x, y, tests, mask, solver="lbfgs", max_iter=1000) for mask in masks]
    return scores, time.process_time() - begin


def main(folder, timed, converged, cores):
    shape = json.load(open(os.path.join(folder, "shape.json")))
    read = lambda name, dtype, *s: np.fromfile(os.path.join(folder, name), dtype).reshape(s)
    x = read("rows.f64", "<f8", shape["rows"], -1)
    y = read("labels.f64", "<f8", shape["rows"]).astype(int)
    tests = read("tests.f64", "<f8", shape["tests"], -1)
    masks = read("masks.u8", "u1", shape["subsets"], shape["rows"]).astype(bool)
    parts = np.array_split(masks[:timed], 4 * cores)
    with Parallel(n_jobs=cores) as parallel:
        parallel(delayed(loop)(x, y, tests, masks[:1]) for _ in range(cores))
        begin = time.perf_counter()
        done = parallel(delayed(loop)(x, y, tests, part) for part in parts)
        seconds = time.perf_counter() - begin
    np.asarray([s for scores, _ in done for s in scores], "<f8").tofile(
        os.path.join(folder, "scores.f64"))
    exact = [fit(x, y, tests, mask, solver="newton-cholesky", tol=1e-12, max_iter=1000)
             for mask in masks[:converged]]
    np.asarray(exact, "<f8").tofile(os.path.join(folder, "converged.f64"))
    print(seconds, sum(worked for _, worked in done))


main(sys.argv[1], *map(int, sys.argv[2:5]))
