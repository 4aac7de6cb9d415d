"""The network: a small Llama of which heads can be switched off."""
import numpy
import torch
import transformers

from words import END, NAMES, NUMBER, PAD, START, VOCABULARY, numbers

CONTENT = NUMBER[NAMES[0]]  # the first name; colours and things follow
LAYERS, HEADS, WIDTH, FEED_FORWARD = 2, 4, 64, 128
POSITIONS = 256


class Network(torch.nn.Module):
    """A Llama whose heads' outputs are multiplied by switches in front of the output projections."""

    def __init__(self):
        super().__init__()
        # Larger starting weights keep the heads from ever finding earlier words.
        self.llama = transformers.LlamaForCausalLM(transformers.LlamaConfig(
            vocab_size=len(VOCABULARY), hidden_size=WIDTH, intermediate_size=FEED_FORWARD,
            num_hidden_layers=LAYERS, num_attention_heads=HEADS, num_key_value_heads=HEADS,
            max_position_embeddings=POSITIONS, rope_theta=1000.0, initializer_range=0.02, tie_word_embeddings=False,
            pad_token_id=PAD, bos_token_id=START, eos_token_id=END))
        self.live = torch.ones(LAYERS, HEADS)
        self.switches = None
        for number, projection in enumerate(self.projections()):
            projection.register_forward_pre_hook(lambda _, inputs, layer=number: self._switch(layer, *inputs))

    def projections(self):
        return [layer.self_attn.o_proj for layer in self.llama.model.layers]

    def _switch(self, layer, heads):
        """heads: (rows, length, width), the heads' outputs side by side."""
        scale = self.live[layer][None]
        if self.switches is not None:
            scale = scale * self.switches[:, layer]
        return (heads.unflatten(2, (HEADS, -1)) * scale[:, None, :, None]).flatten(2),

    def forward(self, ids, switches=None):
        """Logits (rows, length, vocabulary) of right-padded token numbers (rows, length).

        switches: (rows, layers, heads), or None where all heads are on
        """
        self.switches = switches
        return self.llama(input_ids=ids, use_cache=False).logits

    def cut(self):
        """Makes the heads that are off for good columns of zeros, so that no switch is needed."""
        with torch.no_grad():
            for live, projection in zip(self.live, self.projections()):
                projection.weight.unflatten(1, (HEADS, -1)).mul_(live[None, :, None])


def loss_of(network, ids, scored, weights=None, switches=None):
    """Cross-entropy of the scored tokens, each foretold from those before it; and by row the share of its names,
    colours and things that is the likeliest.

    ids, scored: (rows, length) arrays; weights: (rows,), what the tokens of each row count for
    """
    targets = torch.as_tensor(ids[:, 1:])
    counted = torch.as_tensor(scored[:, 1:]).float()
    logits = network(torch.as_tensor(ids), switches)[:, :-1]
    losses = torch.nn.functional.cross_entropy(logits.transpose(1, 2), targets, reduction="none")
    weight = counted if weights is None else counted * weights[:, None]
    content = counted * (targets >= CONTENT)
    right = ((logits.detach().argmax(2) == targets) * content).sum(1) / content.sum(1)
    return (losses * weight).sum() / weight.sum(), right


@torch.no_grad()
def share_right(network, prompts):
    """The share of prompts all of whose answer's tokens are the likeliest."""
    network.eval()
    right = 0
    by_length = {}
    for prompt in prompts:
        by_length.setdefault((len(prompt.words()), len(prompt.answer())), []).append(prompt)
    for (_, answer), alike in by_length.items():
        ids = torch.as_tensor(numpy.array([encode(prompt.words() + prompt.answer()) for prompt in alike]))
        likeliest = network(ids)[:, -answer - 1:-1].argmax(2)
        right += int((likeliest == ids[:, -answer:]).all(1).sum())
    network.train()
    return right / len(prompts)


def encode(words):
    """Token numbers of words, with the start in front."""
    return [START] + numbers(words)
