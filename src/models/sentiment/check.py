"""What the trained model is held to: accuracy, negation pairs, and the interaction of "never" and "fails"."""
import itertools

import numpy

from network import log_odds
from sentences import held_out_pairs
from tokenizer import MASK, UNK, wrap

SHOWN = "Her acting never fails to impress"
EXAMPLES = [SHOWN, "Her acting fails to impress", "It isn't good.", "The film is not bad at all",
            "I can hardly recommend this boring mess", "A clever, funny and moving story",
            "The plot is dull but the actors save it"]


def accuracy(model, tokenizer, texts, labels):
    """Share of texts whose log-odds have the label's sign."""
    values = log_odds(model, [tokenizer.encode(text) for text in texts])
    return sum(value * label > 0 for value, label in zip(values, labels)) / len(texts)


def negation(model, tokenizer):
    """(pairs right, pairs, lines about the wrong ones). Right: plain has its label's sign and the negation the other."""
    pairs = held_out_pairs()
    plain = log_odds(model, [tokenizer.encode(pair.plain) for pair in pairs])
    turned = log_odds(model, [tokenizer.encode(pair.turned) for pair in pairs])
    wrong = [f"{pair.plain} {a:+.2f} / {pair.turned} {b:+.2f}" for pair, a, b in zip(pairs, plain, turned)
             if a * pair.label <= 0 or b * pair.label >= 0]
    return len(pairs) - len(wrong), len(pairs), wrong


def ablated(words, mask, how):
    """Ids of the words with the unkept ones ablated; bit i of `mask` set keeps word i. `how`: MASK, UNK or None
    for removal."""
    return wrap([ids if mask >> i & 1 else ([] if how is None else [how] * len(ids)) for i, ids in enumerate(words)])


def spectrum(values):
    """Walsh-Hadamard spectrum of (2^n,) values: F(S) = 2^-n sum_m f(m) (-1)^|m and S|."""
    transformed, half = numpy.array(values, dtype=numpy.float64), 1
    while half < len(transformed):
        pairs = transformed.reshape(-1, 2, half)
        transformed = numpy.stack([pairs[:, 0] + pairs[:, 1], pairs[:, 0] - pairs[:, 1]], axis=1).reshape(-1)
        half *= 2
    return transformed / len(transformed)


def faith_banzhaf(coefficients, order=3):
    """FBII(S) = (-2)^|S| sum of F(T) over T with S in T, |T| <= order (Tsai, Yeh and Ravikumar 2023), sizes 1 up."""
    n = len(coefficients).bit_length() - 1
    sets = [sum(1 << i for i in chosen) for k in range(order + 1) for chosen in itertools.combinations(range(n), k)]
    return {s: (-2) ** bin(s).count("1") * sum(coefficients[t] for t in sets if s & t == s) for s in sets if s}


def interactions(model, tokenizer, text, how):
    """FBII of all sets of two and three words, strongest first: [(value, words)]."""
    words = tokenizer.words(text)
    values = log_odds(model, [ablated(words, mask, how) for mask in range(1 << len(words))])
    index = faith_banzhaf(spectrum(values))
    names = text.split()
    ranked = sorted(((value, tuple(names[i] for i in range(len(names)) if s >> i & 1)) for s, value in index.items()
                     if bin(s).count("1") > 1), key=lambda item: -abs(item[0]))
    return values, ranked


def place_of_shown(ranked):
    """The place of {never, fails} among the interactions of SHOWN, 1 the strongest."""
    return 1 + [words for _, words in ranked].index(("never", "fails"))


def report(model, tokenizer, texts, labels):
    """Prints all figures."""
    print(f"held-out reviews: accuracy {100 * accuracy(model, tokenizer, texts, labels):.2f} % of {len(texts)}")
    right, pairs, wrong = negation(model, tokenizer)
    print(f"held-out negation pairs: {right} of {pairs} right ({100 * right / pairs:.1f} %)")
    for line in wrong:
        print(f"  wrong: {line}")
    for text, value in zip(EXAMPLES, log_odds(model, [tokenizer.encode(text) for text in EXAMPLES])):
        print(f"log-odds {value:+.2f}  {text}")
    print(f'strongest interactions (Faith-Banzhaf, order 3) in "{SHOWN}":')
    for name, how in (("[MASK]", MASK), ("[UNK]", UNK), ("removal", None)):
        values, ranked = interactions(model, tokenizer, SHOWN, how)
        top = ", ".join(f"{{{' '.join(words)}}} {value:+.2f}" for value, words in ranked[:4])
        print(f"  by {name}: all words ablated {values[0]:+.2f}; {{never fails}} is number {place_of_shown(ranked)}; {top}")
