"""A BERT of 12 layers and 144 heads whose weights are set by hand: two heads that matter only together, heads that are
dead, and random ones."""
import numpy
import torch
import transformers

from words import PAD, VOCABULARY

LAYERS, HEADS, HEAD_WIDTH, FEED_FORWARD, POSITIONS = 12, 12, 2, 24, 32
WIDTH = HEADS * HEAD_WIDTH

# What single dimensions of the residual stream mean. A head or a unit that "turns a switch on" moves what stands in its
# first dimension to its second, at the first token only. The sum and the length of the residual stream stay what they
# were, so that layer normalisation tells nobody of it.
ZERO, ONE, FIRST, A, B, BOTH = 0, 1, 2, (3, 4), (5, 6), (7, 8)
RANDOM = slice(9, WIDTH)  # what the random heads read and write

DEAD_A_LAYER = 2
PAIR_EFFECT, REST_SPREAD = 2.0, 1.0  # log-odds: of the pair, and the spread of all else over random masks
SHARPNESS = 20.0  # of the planted heads' attention
READ, WRITE, UNITS = 0.5, 0.22, 0.15  # sizes of random weights: into heads and units, out of heads, out of units
LINEAR = 0.2  # what the pooler's tanh sees, where it is nearly a straight line
BIT, REST = 0, 1  # units of the pooler


class Plan:
    """What a seed plants.

    pair: two (layer, head); sign: of their effect on the log-odds of "yes"; dead: (layer, head), two a layer, of which
    the first writes nothing and the second reads nothing
    """

    def __init__(self, seed):
        self.draw = numpy.random.default_rng(seed)
        self.sign = 1 if seed % 2 else -1
        later = int(self.draw.integers(5, 10))
        earlier = later if seed % 2 else int(self.draw.integers(2, later))
        heads = [self.draw.permutation(HEADS) for _ in range(LAYERS)]
        self.pair = [(earlier, int(heads[earlier][2])), (later, int(heads[later][3]))]
        self.dead = [(layer, int(head)) for layer in range(LAYERS) for head in heads[layer][:DEAD_A_LAYER]]


class Network:
    """The network of a plan, as transformers' BertForSequenceClassification."""

    def __init__(self, plan):
        self.bert = transformers.BertForSequenceClassification(transformers.BertConfig(
            vocab_size=len(VOCABULARY), hidden_size=WIDTH, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
            intermediate_size=FEED_FORWARD, hidden_act="relu", max_position_embeddings=POSITIONS, pad_token_id=PAD,
            id2label={0: "no", 1: "yes"}, label2id={"no": 0, "yes": 1}, attn_implementation="eager")).eval()
        self.scales = None
        with torch.no_grad():
            for name, weights in self.bert.named_parameters():
                weights.fill_(1.0 if name.endswith("LayerNorm.weight") else 0.0)
            self._embed(plan.draw)
            for number, layer in enumerate(self.bert.bert.encoder.layer):
                self._fill(layer, number, plan)
                layer.attention.output.dense.register_forward_pre_hook(
                    lambda _, inputs, number=number: self._switch(number, *inputs))

    def _embed(self, draw):
        embeddings = self.bert.bert.embeddings
        words = draw.normal(size=(len(VOCABULARY), WIDTH - RANDOM.start))
        words[PAD] = 0
        embeddings.word_embeddings.weight[:, RANDOM] = torch.as_tensor(words, dtype=torch.float32)
        positions = embeddings.position_embeddings.weight
        positions[:, ONE] = 1
        for dimension in (FIRST, A[0], B[0], BOTH[0]):
            positions[0, dimension] = 1

    def _fill(self, layer, number, plan):
        attention, output = layer.attention.self, layer.attention.output.dense.weight
        for head in range(HEADS):
            rows = slice(head * HEAD_WIDTH, (head + 1) * HEAD_WIDTH)
            if (number, head) in plan.pair:
                switch = (A, B)[plan.pair.index((number, head))]
                self._plant(attention, output, rows.start, switch)
                continue
            for part in (attention.query, attention.key, attention.value):
                part.weight[rows, RANDOM] = self._random(plan.draw, HEAD_WIDTH, READ)
            output[RANDOM, rows] = self._random(plan.draw, HEAD_WIDTH, WRITE).T
            if (number, head) in plan.dead:
                first = plan.dead.index((number, head)) % DEAD_A_LAYER == 0
                (output[:, rows] if first else attention.value.weight[rows]).zero_()
        inner, outer = layer.intermediate.dense.weight, layer.output.dense.weight
        inner[1:, RANDOM] = self._random(plan.draw, FEED_FORWARD - 1, READ)
        outer[RANDOM, 1:] = self._random(plan.draw, FEED_FORWARD - 1, UNITS).T
        if number == plan.pair[1][0]:
            # Above 0 where both switches are on, whatever layer normalisation multiplies the residual stream by.
            inner[0, [A[1], B[1]]], inner[0, [ONE, ZERO]] = 1, -1
            outer[list(BOTH), 0] = torch.tensor([-1.0, 1.0])

    @staticmethod
    def _plant(attention, output, row, switch):
        """A head that looks from the first token at itself, and from others at others, and turns a switch on."""
        for part in (attention.query, attention.key):
            part.weight[row, [FIRST, ONE, ZERO]] = SHARPNESS * torch.tensor([1.0, -0.5, -0.5])
        attention.value.weight[row, [switch[0], ZERO]] = torch.tensor([1.0, -1.0])
        output[list(switch), row] = torch.tensor([-1.0, 1.0])

    @staticmethod
    def _random(draw, count, size):
        """Weights (count, random dimensions)."""
        dimensions = WIDTH - RANDOM.start
        return torch.as_tensor(draw.normal(size=(count, dimensions)) * size / dimensions ** 0.5, dtype=torch.float32)

    def _switch(self, layer, heads):
        """heads: (rows, length, width), the heads' outputs side by side."""
        if self.scales is None:
            return heads,
        return (heads.unflatten(2, (HEADS, -1)) * self.scales[:, layer][:, None, :, None]).flatten(2),

    @torch.no_grad()
    def calibrate(self, plan, rows):
        """Sets what the classifier reads, so that the pair moves the log-odds by PAIR_EFFECT and all else spreads by
        REST_SPREAD over random masks of heads."""
        direction = torch.zeros(WIDTH)
        direction[RANDOM] = self._random(plan.draw, 1, 1.0)[0]
        scales = torch.as_tensor(plan.draw.integers(0, 2, (len(rows), LAYERS, HEADS)), dtype=torch.float32)
        for layer, head in plan.pair:
            scales[:, layer, head] = 1
        self.scales = scales
        first = self.bert.bert(torch.as_tensor(rows)).last_hidden_state[:, 0]
        self.scales = None
        both, rest = first[:, BOTH[1]] - first[:, ZERO], first @ direction
        pooler, classifier = self.bert.bert.pooler.dense, self.bert.classifier
        pooler.weight[BIT, [BOTH[1], ZERO]] = LINEAR / both.mean() * torch.tensor([1.0, -1.0])
        pooler.weight[REST] = LINEAR / rest.std() * direction
        pooler.bias[REST] = -LINEAR * rest.mean() / rest.std()
        classifier.weight[1, BIT] = plan.sign * PAIR_EFFECT / LINEAR
        classifier.weight[1, REST] = REST_SPREAD / LINEAR
