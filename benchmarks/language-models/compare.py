#!/usr/bin/env python3
"""Compares explanations of language models with their plain graphs: compare.py FOLDER ...

For each model folder, unit, ablation and value: `ablate explain --method exact`, whose spectrum is
evaluated on all 2^n masks by `ablate predict`, against reference.py. Then the answer that the model
gives. Prints a table; ends with 1 where a difference is larger than 1e-4 (2e-2 in 16 bits) or an
answer is another one.

Needs numpy, onnxruntime and tokenizers.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnxruntime
import reference

ROOT = pathlib.Path(__file__).resolve().parents[2]
VALUES = {
    "answer": ("mean", []),
    "answer --sum": ("sum", ["--sum"]),
    "answer-probability": ("probability", ["--value", "answer-probability"]),
    "answer --against": ("mean", None),
    "answer --per-token": ("tokens", ["--per-token"]),
}


def ablate(args, *command):
    done = subprocess.run([args.ablate, *map(str, command)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: {done.returncode}\n{done.stderr}")


def explained(args, folder, prompt, options, names, scratch):
    """Values on all masks by the command line, (masks, outputs)."""
    explanation, masks, out = (scratch / name for name in ("e.json", "masks.npy", "out.npy"))
    n = len(names)
    command = ["explain", "--model", folder, "--text", prompt, "--method", "exact"]
    command += ["--budget", 1 << n, "--test-masks", 0, *options, "--json", explanation]
    ablate(args, *command)
    found = json.loads(explanation.read_text())
    if found["feature_names"] != names:
        sys.exit(f"{folder}: features {found['feature_names']}, not {names}")
    bits = np.arange(1 << n)[:, None] >> np.arange(n) & 1
    np.save(masks, bits.astype(np.uint8))
    ablate(args, "predict", "--explanation", explanation, "--masks", masks, "--out", out)
    values = np.load(out)
    return values.reshape(len(values), -1)


def is_half(plain):
    return any(entry.type == "tensor(float16)" for entry in plain.session.get_outputs())


def compare(args, folder, scratch):
    plain = reference.Plain(reference.graph_of(folder))
    limit = 2e-2 if is_half(plain) else 1e-4
    good = True
    for unit, text in (("word", args.prompt), ("token", args.tokens)):
        for ablation in ("remove", "unk"):
            try:
                prompt = reference.Prompt(folder, text, unit, ablation, plain)
            except ValueError:
                continue
            logs = [prompt.logs(answer) for answer in args.answer]
            against = prompt.logs(args.against)
            for name, (kind, options) in VALUES.items():
                other = against if options is None else None
                options = ["--against", args.against] if options is None else options
                options = ["--unit", unit, "--ablate", ablation, *options]
                for answer in args.answer:
                    options += ["--answer", answer]
                expected = [reference.value(found, kind, other) for found in logs]
                expected = np.concatenate(expected, axis=1)
                found = explained(args, folder, text, options, prompt.names, scratch)
                if found.shape != expected.shape:
                    sys.exit(f"{folder}: {name}: {found.shape}, not {expected.shape}")
                difference = np.abs(found - expected).max()
                spread = np.ptp(expected, axis=0).max()
                good &= bool(difference <= limit)
                row = (folder.name, unit, ablation, name, len(expected), expected.shape[1])
                print("|", *(f"{cell} |" for cell in row), f"{spread:.3g} | {difference:.1e} |", flush=True)
    return good


def ends_of(folder):
    for file in ("generation_config.json", "config.json"):
        found = reference.setting(folder, file, "eos_token_id")
        if found is not None:
            return found if isinstance(found, list) else [found]
    return []


def answer_is_greedy(args, folder, scratch):
    """The model's own answer against a plain loop over the plain graph. One line."""
    prompt = reference.Prompt(folder, args.prompt, "word", "remove")
    expected = prompt.greedy(args.max_tokens, ends_of(folder))
    explanation = scratch / "own.json"
    command = ["explain", "--model", folder, "--text", args.prompt, "--budget", 12, "--order", 1]
    command += ["--test-masks", 0, "--method", "screen", "--max-tokens", args.max_tokens]
    ablate(args, *command, "--json", explanation)
    settings = json.loads(explanation.read_text())["provenance"]["settings"]
    found = settings["answer_tokens"][0]
    print(f"{folder.name}: {found}", "greedy" if found == expected else f"not {expected}", flush=True)
    return found == expected


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--ablate", default=ROOT / "ablate", type=pathlib.Path)
    parser.add_argument("--prompt", default="the old man went down to the quiet river today")
    parser.add_argument("--tokens", default="the old man went down to", help="text for tokens")
    parser.add_argument("--answer", action="append", help="(default: two)")
    parser.add_argument("--against", default=" is warm")
    parser.add_argument("--max-tokens", type=int, default=8)
    args = parser.parse_args()
    args.answer = args.answer or [" was cold", "!"]
    print("| folder | unit | ablation | value | masks | outputs | spread | largest difference |")
    print("|---|---|---|---|---|---|---|---|")
    good = True
    with tempfile.TemporaryDirectory() as scratch:
        for folder in args.folders:
            good &= compare(args, folder, pathlib.Path(scratch))
        print()
        for folder in args.folders:
            good &= answer_is_greedy(args, folder, pathlib.Path(scratch))
    sys.exit(not good)


if __name__ == "__main__":
    main()
