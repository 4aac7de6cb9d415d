"""Makes the planted models, one folder a seed: encoders whose circuit is known because it was put there.

    python3 src/models/planted/make.py OUT [SEED ...]

OUT/SEED gets model.onnx, config.json, tokenizer.json, tokenizer_config.json; texts.jsonl, labelled texts; and
planted.json, what was planted: "pair" and "dead" are lists of [layer, head] from 0, "sign" is that of the pair's effect
on the log-odds of "yes".
"""
import argparse
import json
import os
import pathlib

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy
import onnx
import torch

from network import Network, Plan
from words import END, FIRST_WORD, START, VOCABULARY, tokenizer

SEEDS = [1, 2, 3]
OPSET = 17
TEXTS, WORDS_A_TEXT, CALIBRATION_ROWS = 32, 8, 1000


class Plain(torch.nn.Module):
    """Whole rows at once."""

    def __init__(self, bert):
        super().__init__()
        self.bert = bert

    def forward(self, input_ids, attention_mask):
        return self.bert(input_ids=input_ids, attention_mask=attention_mask).logits


def make(seed, folder):
    """Writes the model of a seed into a folder."""
    plan = Plan(seed)
    network = Network(plan)
    network.calibrate(plan, rows(plan.draw, CALIBRATION_ROWS))
    folder.mkdir(parents=True, exist_ok=True)
    write_graph(network.bert, folder / "model.onnx")
    network.bert.config.architectures = ["BertForSequenceClassification"]
    network.bert.config.to_json_file(folder / "config.json")
    tokenizer().save(str(folder / "tokenizer.json"))
    write_json(folder / "tokenizer_config.json", {
        "tokenizer_class": "BertTokenizerFast", "model_max_length": network.bert.config.max_position_embeddings,
        "cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]", "mask_token": "[MASK]"})
    write_json(folder / "planted.json", {"pair": plan.pair, "sign": plan.sign, "dead": plan.dead})
    texts = [" ".join(VOCABULARY[number] for number in row[1:-1]) for row in rows(plan.draw, TEXTS)]
    (folder / "texts.jsonl").write_text(
        "".join(json.dumps({"text": text, "label": "yes"}) + "\n" for text in texts), encoding="utf-8")
    return plan


def rows(draw, count):
    """Token numbers (count, words and the two around them) of random texts."""
    words = draw.integers(FIRST_WORD, len(VOCABULARY), (count, WORDS_A_TEXT))
    return numpy.pad(words, ((0, 0), (1, 1)), constant_values=((0, 0), (START, END)))


def write_json(path, content):
    path.write_text(json.dumps(content) + "\n", encoding="utf-8")


def write_graph(bert, path):
    ids = torch.full((2, 4), FIRST_WORD)
    axes = {name: {0: "batch", 1: "sequence"} for name in ("input_ids", "attention_mask")} | {"logits": {0: "batch"}}
    with torch.no_grad():
        torch.onnx.export(Plain(bert), (ids, torch.ones_like(ids)), str(path), dynamo=False, opset_version=OPSET,
                          do_constant_folding=True, input_names=["input_ids", "attention_mask"],
                          output_names=["logits"], dynamic_axes=axes)
    onnx.checker.check_model(onnx.load(str(path)), full_check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("seeds", nargs="*", type=int, default=SEEDS)
    options = parser.parse_args()
    torch.set_num_threads(1)
    for seed in options.seeds:
        plan = make(seed, options.out / str(seed))
        print(f"seed {seed}: pair {plan.pair}, sign {plan.sign:+d}, {len(plan.dead)} dead heads; "
              f"{(options.out / str(seed) / 'model.onnx').stat().st_size} bytes", flush=True)


if __name__ == "__main__":
    main()
