"""The curriculum: how a fresh network learns to answer."""
import dataclasses
import math
import random
import time

import torch

import rows
from network import loss_of, share_right
from prompts import KINDS, draw_prompt
from rows import Recipe

LEARNING_RATE, WARM_UP, REFINING_RATE = 3e-3, 200, 2.5e-3
FACT_ROWS, REPEATED_ROWS, REPEATED_WEIGHT = 32, 8, 0.5
REPORT_EVERY, MOVE_ON_EVERY = 500, 50

FIRST = Recipe(3, 4, distinct=1, crowded=0, bare=0.3, short=0.2, hints=0.4, restated=0.25, who=0.65, ablated=0,
               ablated_question=0)
SHARED = dataclasses.replace(FIRST, fewest=2, most=6, distinct=0.5, bare=0, short=0.3)
ABLATED = dataclasses.replace(SHARED, distinct=0.2, short=0, hints=0.1, restated=0.15, who=0.4, ablated=0.6,
                              ablated_question=0.3)
CROWDED = dataclasses.replace(ABLATED, distinct=0.1, crowded=0.9, who=0.5, ablated=0.5, ablated_question=0.25)

# What is shown, and from what share of right answers in training on the next stage begins.
STAGES = [(FIRST, 0.8), (SHARED, 0.9), (ABLATED, math.inf)]


class Average:
    """A running average that begins with what it is given first."""

    def __init__(self, kept=0.97):
        self.kept, self.value = kept, None

    def add(self, value):
        self.value = value if self.value is None else self.kept * self.value + (1 - self.kept) * value


class Teacher:
    """Takes steps with a network: draws rows, weighs them and moves the weights."""

    def __init__(self, network, draw):
        self.network, self.draw = network, draw
        self.optimizer = torch.optim.AdamW(network.parameters(), betas=(0.9, 0.98), weight_decay=0.02)
        self.weights = torch.tensor([1.0] * FACT_ROWS + [REPEATED_WEIGHT] * REPEATED_ROWS)

    def step(self, recipe, rate, switches=None):
        """One step; returns the share of right names, colours and things in rows of facts, and in repeated words.

        switches: of heads, (FACT_ROWS + REPEATED_ROWS, layers, heads), or None
        """
        loss, right = loss_of(self.network, *self.rows(recipe), self.weights, switches)
        self.optimizer.param_groups[0]["lr"] = rate
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        return float(right[:FACT_ROWS].mean()), float(right[FACT_ROWS:].mean())

    def rows(self, recipe):
        facts = rows.batch(self.draw, recipe, FACT_ROWS)
        return rows.arrays(facts + rows.repeated(self.draw, REPEATED_ROWS, max(len(row.words) for row in facts)))


def learning_rate(step, steps):
    """A warm-up, then level, then down along a cosine in the second half."""
    done = step / steps
    return LEARNING_RATE * min(1, (step + 1) / WARM_UP) * (1 if done < 0.5 else max(0.02, math.sin(math.pi * done)))


def learn(network, draw, steps):
    """Trains a fresh network; the next stage begins when the one before is learnt."""
    teacher, stages = Teacher(network, draw), iter(STAGES)
    recipe, enough = next(stages)
    answers, repeats, start = Average(), Average(), time.process_time()
    for step in range(1, steps + 1):
        of_answers, of_repeats = teacher.step(recipe, learning_rate(step - 1, steps))
        answers.add(of_answers)
        repeats.add(of_repeats)
        if step % MOVE_ON_EVERY == 0 and answers.value > enough:
            recipe, enough = next(stages)
            answers = Average()
            print(f"    step {step}: from here on {recipe}", flush=True)
        if step % REPORT_EVERY == 0:
            minutes = (time.process_time() - start) / 60
            print(f"step {step}: right in training {answers.value:.3f}, repeated words {repeats.value:.3f}; not seen "
                  f"in training: {unseen(network)}; {minutes:.1f} processor minutes", flush=True)


def refine(network, draw, steps):
    """Goes on where colours and things are shared, so that neither alone is enough to find an answer."""
    teacher = Teacher(network, draw)
    for step in range(1, steps + 1):
        teacher.step(CROWDED, REFINING_RATE * (1 - 0.9 * step / steps))
        if step % REPORT_EVERY == 0:
            print(f"refined for {step} steps: {unseen(network)}", flush=True)


def unseen(network, count=100, seed=1):
    """Shares of right answers to prompts with three and with six facts that training never shows."""
    draw = random.Random(seed)
    cells = [(kind, facts) for kind in KINDS for facts in (3, 6)]
    shares = [share_right(network, [draw_prompt(draw, facts, kind) for _ in range(count)]) for kind, facts in cells]
    return ", ".join(f"{kind} {facts} {share:.2f}" for (kind, facts), share in zip(cells, shares))
