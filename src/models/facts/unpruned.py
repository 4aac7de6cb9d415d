"""Exports the network as it was before pruning, from the weights that train.py --keep left.

    python3 src/models/facts/unpruned.py FOLDER/refined.pt OUT
"""
import pathlib
import sys

import torch

import check
from export import export
from model import Model
from network import Network


def main():
    network, out = Network(), pathlib.Path(sys.argv[2])
    network.load_state_dict(torch.load(sys.argv[1]))
    out.mkdir(parents=True, exist_ok=True)
    export(network, out)
    check.report_heads(Model(out, switched=True))


if __name__ == "__main__":
    main()
