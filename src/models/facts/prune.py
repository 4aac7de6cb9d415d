"""Switches off all heads but one that looks up and three that feed it, then trains under random switches."""
import random

import torch

import rows
from network import HEADS, LAYERS, loss_of, share_right
from prompts import KINDS, draw_prompt
from train import FACT_ROWS, REPEATED_ROWS, REPEATED_WEIGHT, STAGES, WEIGHT_DECAY, Average, take_step

LEFT = (3, 1)  # heads by layer
RATE, LAST_RATE = 1.5e-3, 5e-5
SHORTEST, LONGEST = 250, 1500  # steps after each head
ENOUGH = 0.985  # share right after which the next head may go
SWITCHED_STEPS, SWITCHED_ROWS = 1200, 0.4
