"""Makes the bundled facts model: trains it, prunes its heads, exports it and measures what was exported.

    python3 src/models/facts/train.py [OUT]

Deterministic for one machine and library version; equal bits elsewhere are not promised.
"""
import argparse
import os
import pathlib
import random
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")  # on matrices so small more threads only wait for each other

import torch

import check
from export import export
from learn import learn, refine
from network import Network
from prune import prune

PROJECT = pathlib.Path(__file__).resolve().parents[3]
FOLDER = PROJECT / "src/main/resources/dev/ablate/models/facts"
PROMPTS = PROJECT / "src/test/resources/facts/prompts.jsonl"

SEED = 3
STEPS, REFINING_STEPS = 11_000, 3_000


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", nargs="?", type=pathlib.Path, default=FOLDER, help="folder of the model")
    parser.add_argument("--prompts", type=pathlib.Path, default=PROMPTS, help="file of prompts for tests")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--keep", type=pathlib.Path, help="where to keep the weights before and after pruning")
    parser.add_argument("--trained", type=pathlib.Path, help="weights to prune instead of training")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(options.seed)
    start = time.time()
    network = Network()
    print(f"{sum(weight.numel() for weight in network.parameters())} parameters, seed {options.seed}", flush=True)
    if options.trained:
        network.load_state_dict(torch.load(options.trained))
    else:
        learn(network, random.Random(options.seed), options.steps)
        keep(network, options.keep, "trained.pt")
    refine(network, random.Random(options.seed + 1), REFINING_STEPS)
    keep(network, options.keep, "refined.pt")
    prune(network, random.Random(options.seed + 2))
    keep(network, options.keep, "pruned.pt")
    options.out.mkdir(parents=True, exist_ok=True)
    export(network, options.out)
    print(f"trained and written in {(time.time() - start) / 60:.1f} minutes", flush=True)
    check.write_prompts(options.out, options.prompts)
    check.write_head_tasks(options.prompts.parent)
    check.report(options.out, options.prompts)


def keep(network, folder, name):
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        torch.save(network.state_dict(), folder / name)


if __name__ == "__main__":
    main()
