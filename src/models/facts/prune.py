"""Leaves one head that looks up and three that feed it, then trains under random switches of heads."""
import copy
import dataclasses
import random

import torch

from learn import CROWDED, FACT_ROWS, REPEATED_ROWS, Teacher, unseen
from network import HEADS, LAYERS, loss_of, share_right
from prompts import KINDS, draw_prompt

PRUNING = dataclasses.replace(CROWDED, ablated=0.6)
LEFT = (3, 1)  # heads by layer
RATE, LAST_RATE = 1.5e-3, 5e-5
SHORTEST, LONGEST = 250, 1500  # steps after each head
ENOUGH = 0.98  # share of right answers, as measured after each head
SETTLING_STEPS = 1500
SWITCHED_STEPS, SWITCHED_ROWS = 700, 0.4


def prune(network, draw):
    """Switches heads off one after the other, each time the one that is missed least, and trains the rest to do
    without it. The second layer comes first: while several heads there look up, none of the first layer is needed by
    all of them."""
    for layer in reversed(range(LAYERS)):
        while network.live[layer].sum() > LEFT[layer]:
            switch_one_off(network, draw, layer)
    teacher = Teacher(network, draw)
    for _ in range(SETTLING_STEPS):
        teacher.step(PRUNING, RATE)
    print(f"settled: {unseen(network)}", flush=True)
    # Heads off at random teach a broken network to guess: otherwise it is sure and wrong, and what heads do together
    # is lost in how wrong it is.
    for step in range(SWITCHED_STEPS):
        teacher.step(PRUNING, RATE + (LAST_RATE - RATE) * step / SWITCHED_STEPS, random_switches())
    network.cut()
    print(f"trained under random switches: {unseen(network)}", flush=True)


def switch_one_off(network, draw, layer):
    """Tries the heads of a layer, the least missed first, until the network does without one."""
    losses = losses_without(network, draw, layer)
    before = copy.deepcopy(network.state_dict())
    for head in sorted(losses, key=losses.get):
        network.live[layer, head] = 0
        steps, right = recover(network, draw)
        print(f"without head {head} of layer {layer} (of which the losses are "
              f"{', '.join(f'{other}: {loss:.2f}' for other, loss in losses.items())}): {right:.3f} right after "
              f"{steps} steps", flush=True)
        if right >= ENOUGH:
            return
        network.live[layer, head] = 1
        network.load_state_dict(before)
    raise RuntimeError(f"The network needs all heads of layer {layer} that are left; try another seed.")


@torch.no_grad()
def losses_without(network, draw, layer):
    """The loss without each head of a layer that is still on, by its number."""
    teacher, losses = Teacher(network, draw), {}
    batches = [teacher.rows(PRUNING) for _ in range(8)]
    for head in range(HEADS):
        if network.live[layer, head]:
            network.live[layer, head] = 0
            losses[head] = sum(float(loss_of(network, *batch)[0]) for batch in batches) / len(batches)
            network.live[layer, head] = 1
    return losses


def recover(network, draw):
    """Trains until enough is right again or it has taken too long; returns the steps and the share that is right."""
    teacher = Teacher(network, draw)
    for steps in range(1, LONGEST + 1):
        teacher.step(PRUNING, RATE)
        if steps % SHORTEST == 0:
            right = measured(network)
            if right >= ENOUGH:
                break
    return steps, right


def measured(network, count=100, seed=2):
    """The share of right answers to prompts that training never shows."""
    draw = random.Random(seed)
    return share_right(network, [draw_prompt(draw, 2 + number % 5, kind) for kind in KINDS for number in range(count)])


def random_switches():
    """(rows, layers, heads): all on in most rows; in the others each head is on with the row's own chance."""
    rows = FACT_ROWS + REPEATED_ROWS
    on = (torch.rand(rows, LAYERS, HEADS) < torch.rand(rows, 1, 1)).float()
    on[torch.rand(rows) >= SWITCHED_ROWS] = 1
    return on
