#!/usr/bin/env python3
"""Makes a Llama with random weights for benchmarks: make_llama.py DIR

Writes DIR/plain/model.onnx and DIR/past/model.onnx, the same network without and with keys and
values of earlier tokens: vocabulary 32,000, hidden size 256, 4 layers, 8 heads. The seed is fixed.
Needs torch, transformers and onnx.
"""

import pathlib
import sys

import torch
from transformers import LlamaConfig, LlamaForCausalLM
from transformers.cache_utils import DynamicCache

LAYERS, HEADS, SIZE = 4, 8, 32


class Plain(torch.nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, input_ids, attention_mask, position_ids):
        return self.network(
            input_ids=input_ids,
            attention_mask=attention_mask,
            position_ids=position_ids,
            use_cache=False,
        ).logits


class Past(torch.nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, input_ids, attention_mask, position_ids, *past):
        pairs = [(past[2 * i], past[2 * i + 1]) for i in range(LAYERS)]
        found = self.network(
            input_ids=input_ids,
            attention_mask=attention_mask,
            position_ids=position_ids,
            past_key_values=DynamicCache(pairs),
            use_cache=True,
        )
        present = [t for layer in found.past_key_values.layers for t in (layer.keys, layer.values)]
        return (found.logits, *present)


def export(network, inputs, outputs, axes, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        network,
        tuple(inputs.values()),
        str(file),
        input_names=list(inputs),
        output_names=outputs,
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )
    print(f"{file}: {file.stat().st_size} bytes")


def main(directory):
    torch.manual_seed(12)
    torch.set_num_threads(1)
    network = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=32000,
            hidden_size=HEADS * SIZE,
            intermediate_size=688,
            num_hidden_layers=LAYERS,
            num_attention_heads=HEADS,
            num_key_value_heads=HEADS,
            max_position_embeddings=512,
            initializer_range=0.05,
        )
    ).eval()
    rows, tokens, past = 2, 5, 3
    inputs = {
        "input_ids": torch.randint(32000, (rows, tokens)),
        "attention_mask": torch.ones(rows, tokens, dtype=torch.long),
        "position_ids": torch.arange(tokens).expand(rows, tokens),
    }
    axes = {name: {0: "batch", 1: "sequence"} for name in [*inputs, "logits"]}
    with torch.no_grad():
        export(Plain(network), inputs, ["logits"], axes, directory / "plain" / "model.onnx")
        inputs["attention_mask"] = torch.ones(rows, past + tokens, dtype=torch.long)
        inputs["position_ids"] = inputs["position_ids"] + past
        axes["attention_mask"] = {0: "batch", 1: "total"}
        outputs = ["logits"]
        for layer in range(LAYERS):
            for part in ("key", "value"):
                name = f"{layer}.{part}"
                inputs[f"past_key_values.{name}"] = torch.randn(rows, HEADS, past, SIZE)
                axes[f"past_key_values.{name}"] = {0: "batch", 2: "past"}
                axes[f"present.{name}"] = {0: "batch", 2: "total"}
                outputs.append(f"present.{name}")
        export(Past(network), inputs, outputs, axes, directory / "past" / "model.onnx")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
