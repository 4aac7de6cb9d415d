"""Makes the bundled facts model: trains it, prunes its heads, exports it and measures what was exported.

    python3 src/models/facts/train.py [OUT]

Deterministic for one machine and library version; equal bits elsewhere are not promised.
"""
import argparse
import math
import os
import pathlib
import random
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")  # more threads only wait for each other on matrices so small

import torch

import rows
from network import Network, loss_of, share_right
from prompts import KINDS, draw_prompt
from rows import Recipe

PROJECT = pathlib.Path(__file__).resolve().parents[3]
FOLDER = PROJECT / "src/main/resources/dev/ablate/models/facts"

SEED = 3
STEPS = 11_000
LEARNING_RATE, WARM_UP, WEIGHT_DECAY = 3e-3, 200, 0.02
FACT_ROWS, REPEATED_ROWS, REPEATED_WEIGHT = 32, 8, 0.5
REPORT_EVERY = 500

# (from what share of right answers in training on, what is shown then)
STAGES = [
    (0.0, Recipe(3, 4, distinct=1, bare=0.3, short=0.2, hints=0.4, restated=0.25, who=0.65, ablated=0,
                 ablated_question=0)),
    (0.8, Recipe(2, 6, distinct=0.5, bare=0, short=0.3, hints=0.4, restated=0.25, who=0.65, ablated=0,
                 ablated_question=0)),
    (0.9, Recipe(2, 6, distinct=0.2, bare=0, short=0, hints=0.1, restated=0.15, who=0.4, ablated=0.6,
                 ablated_question=0.3)),
]


class Average:
    """A running average that begins with what it is given first."""

    def __init__(self, kept=0.97):
        self.kept, self.value = kept, None

    def add(self, value):
        self.value = value if self.value is None else self.kept * self.value + (1 - self.kept) * value


def learning_rate(step, steps):
    """A warm-up, then level, then down along a cosine in the second half."""
    done = step / steps
    return LEARNING_RATE * min(1, (step + 1) / WARM_UP) * (1 if done < 0.5 else max(0.02, math.sin(math.pi * done)))


def train(network, draw, steps):
    """Trains a fresh network; moves to the next stage when the current one is learnt."""
    optimizer = torch.optim.AdamW(network.parameters(), betas=(0.9, 0.98), weight_decay=WEIGHT_DECAY)
    stage, start = 0, time.process_time()
    answers, repeats = Average(), Average()
    weights = torch.tensor([1.0] * FACT_ROWS + [REPEATED_WEIGHT] * REPEATED_ROWS)
    for step in range(steps):
        batch = rows.batch(draw, STAGES[stage][1], FACT_ROWS)
        batch += rows.repeated(draw, REPEATED_ROWS, max(len(row.words) for row in batch))
        loss, right = loss_of(network, *rows.arrays(batch), weights)
        take_step(network, optimizer, loss, learning_rate(step, steps))
        answers.add(float(right[:FACT_ROWS].mean()))
        repeats.add(float(right[FACT_ROWS:].mean()))
        if step % 50 == 49 and stage + 1 < len(STAGES) and answers.value > STAGES[stage + 1][0]:
            stage += 1
            print(f"    step {step + 1}: stage {stage + 1} of {len(STAGES)}", flush=True)
            answers = Average()
        if (step + 1) % REPORT_EVERY == 0:
            print(f"step {step + 1}: loss {float(loss):.3f}, in training {answers.value:.3f} right, repeated words "
                  f"{repeats.value:.3f}; not seen {unseen(network, 100)}, {(time.process_time() - start) / 60:.1f} "
                  "processor minutes", flush=True)


def take_step(network, optimizer, loss, rate):
    optimizer.param_groups[0]["lr"] = rate
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()


def unseen(network, count, seed=1):
    """Shares of right answers to so many prompts of each kind with three and six facts that training never shows."""
    draw = random.Random(seed)
    return ", ".join(f"{kind} {facts} {share_right(network, [draw_prompt(draw, facts, kind) for _ in range(count)]):.2f}"
                     for kind in KINDS for facts in (3, 6))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", nargs="?", type=pathlib.Path, default=FOLDER, help="folder of the model")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--steps", type=int, default=STEPS)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(options.seed)
    draw = random.Random(options.seed)
    network = Network()
    print(f"{sum(weight.numel() for weight in network.parameters())} parameters, seed {options.seed}", flush=True)
    train(network, draw, options.steps)
    options.out.mkdir(parents=True, exist_ok=True)
    torch.save(network.state_dict(), options.out / "trained.pt")


if __name__ == "__main__":
    main()
