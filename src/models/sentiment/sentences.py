"""Generated sentences that teach negation, and the pairs of negator and word that are kept out of training."""
import dataclasses
import functools
import random

from lexicon import (ADJECTIVES, INTENSIFIERS, NEGATIVE, NOUNS, OBJECTS, OPENINGS, POSITIVE, SUBJECTS, TAILS, THINGS,
                     VERBS, lemma_forms, third_person)
from tokenizer import normalize

# `~` marks a word that turns the meaning round, `=` the word that carries it. Two marks undo each other.
# {s} subject, {o} object, {t} thing, {i} intensifier; {w} is filled with a word of the list's kind, {w3} with its
# third-person form, {v} with a second word of the same polarity.
ADJECTIVE_PLAIN = """={w}|{i} ={w}|={w} {t}|a ={w} {t}|a {i} ={w} {t}|{s} is ={w}|{s} is {i} ={w}|{s} was ={w}
    |{s} feels ={w}|{s} is always ={w}|i found it ={w}|={w} and {v}|{s} is ={w} and {v}|a ={w} , {v} {t}
    |there is something ={w} about {s}|it's ={w}|this is a ={w} {t}|always ={w}|{s} seems ={w} to me|{s} can be ={w}
    |everything about {s} is ={w}|i call it ={w}|one ={w} {t}|the ={w} {t}|it will be ={w}|simply ={w}
    |{s} manages to be ={w}|this ={w} {t}|i saw a ={w} {t}|we found {s} ={w}|they are ={w}|{s} looks ={w}"""
ADJECTIVE_TURNED = """~not ={w}|~never ={w}|~hardly ={w}|~barely ={w}|~scarcely ={w}|~rarely ={w}|~seldom ={w}
    |~far from ={w}|~anything but ={w}|~not {i} ={w}|~never {i} ={w}|~hardly {i} ={w}|a ~hardly ={w} {t}
    |a ~never ={w} {t}|a ~barely ={w} {t}|~not a ={w} {t}|~hardly a ={w} {t}|~never a ={w} {t}|~no ={w} {t}
    |{s} is ~not ={w}|{s} is ~never ={w}|{s} is ~hardly ={w}|{s} is ~barely ={w}|{s} is ~far from ={w}
    |{s} is ~anything but ={w}|{s} ~isn't ={w}|{s} ~wasn't ={w}|{s} ~isn't {i} ={w}|{s} was ~not {i} ={w}
    |{s} was ~never ={w}|{s} ~doesn't feel ={w}|{s} ~never feels ={w}|i ~didn't find it ={w}|it's ~not ={w}
    |{s} is ~rarely ={w}|{s} is ~seldom ={w}|{s} is ~scarcely ={w}|{s} ~fails to be ={w}|it ~fails to be {i} ={w}
    |i ~cannot call it ={w}|i ~can't call {s} ={w}|there is ~nothing ={w} about {s}|~nothing ={w} here
    |{s} is ~not at all ={w}|{s} is ~not ={w} at all|~not ={w} at all|~nobody would call it ={w}|~without being ={w}
    |{s} ~never becomes ={w}|{s} ~doesn't seem ={w}|they ~aren't ={w}|{s} was ~far from ={w}|a {t} ~far from ={w}
    |it ~won't be ={w}|this is ~not a ={w} {t}|this ~isn't a ={w} {t}|i ~don't find {s} ={w}|{s} is ~not even ={w}
    |{s} is ~no longer ={w}|{s} ~cannot be called ={w}|{s} does ~not feel ={w}|by ~no means ={w}
    |{s} is by ~no means ={w}|~neither ={w} nor {v}|{s} is ~neither ={w} nor {v}|{s} ~never manages to be ={w}
    |a {t} that is ~anything but ={w}|a {t} that is ~never ={w}|a {t} that ~isn't ={w}|{s} ~lacks a ={w} moment
    |{s} ~refuses to be ={w}|it is ~hardly a ={w} {t}|{s} was ~anything but ={w}|~without a ={w} scene
    |{s} looks ~anything but ={w}|{s} ~never looks ={w}|{s} ~wouldn't be called ={w}"""
ADJECTIVE_TWICE = """{s} ~never ~fails to be ={w}|{s} ~doesn't ~fail to be ={w}|~never ~fails to be ={w}
    |it is ~not ~without ={w} scenes|{s} ~cannot ~fail to be ={w}|{s} ~rarely ~fails to be ={w}"""

VERB_PLAIN = """{s} ={w3}|{s} ={w3} {o}|{s} will ={w} {o}|it will ={w} you|{s} can ={w}|{s} can ={w} {o}
    |{s} always ={w3}|{s} manages to ={w}|sure to ={w}|{s} is sure to ={w}|{s} does ={w}|it ={w3}|a {t} that ={w3}
    |bound to ={w} {o}|{s} continues to ={w}|{s} often ={w3}|{s} would ={w} {o}|={w3} {o}|it ={w3} {o}|{s} may ={w}
    |{s} simply ={w3}|{s} tends to ={w}|{s} seems to ={w}|{s} might ={w} {o}|likely to ={w}"""
VERB_TURNED = """{s} ~never ={w3}|{s} ~hardly ={w3}|{s} ~barely ={w3}|{s} ~rarely ={w3}|{s} ~scarcely ={w3}
    |{s} ~never ={w3} {o}|{s} ~hardly ={w3} {o}|{s} ~fails to ={w}|{s} ~fails to ={w} {o}|it ~fails to ={w} you
    |~fails to ={w}|~fails to ={w} {o}|{s} often ~fails to ={w}|{s} simply ~fails to ={w}|{s} ~failed to ={w}
    |{s} does ~not ={w}|{s} ~doesn't ={w}|{s} ~doesn't ={w} {o}|{s} ~didn't ={w}|{s} will ~not ={w} {o}
    |it ~won't ={w} you|{s} ~won't ={w}|{s} ~cannot ={w}|{s} ~can't ={w}|{s} ~cannot ={w} {o}|~never ={w3}
    |{s} ~refuses to ={w}|{s} is ~unable to ={w}|{s} did ~not ={w}|{s} ~wouldn't ={w} {o}|does ~not ={w}
    |~doesn't ={w}|~cannot ={w}|a {t} that ~fails to ={w}|a {t} that ~never ={w3}|a {t} that ~doesn't ={w}
    |{s} will ~never ={w} {o}|{s} can ~hardly ={w}|{s} can ~never ={w}|{s} could ~hardly ={w} {o}|{s} ~seldom ={w3}
    |{s} always ~fails to ={w}|{s} mostly ~fails to ={w}|and ~fails to ={w}
    |{s} ~never manages to ={w}|{s} ~never seems to ={w}|{s} is ~not likely to ={w}"""
VERB_TWICE = """{s} ~never ~fails to ={w}|{s} ~never ~fails to ={w} {o}|~never ~fails to ={w}|it ~never ~fails to ={w}
    |{s} ~doesn't ~fail to ={w}|{s} ~cannot ~fail to ={w}|{s} ~rarely ~fails to ={w}|{s} does ~not ~fail to ={w}
    |a {t} that ~never ~fails to ={w}|{s} has ~never ~failed to ={w} {o}|{s} ~hardly ever ~fails to ={w}
    |{s} simply ~never ~fails to ={w}|{s} will ~not ~fail to ={w}|{s} ~seldom ~fails to ={w}"""

NOUN_PLAIN = """={w}|full of ={w}|{s} has ={w}|{s} is full of ={w}|with ={w}|plenty of ={w}|a {t} with ={w}
    |there is ={w} in {s}|{s} has plenty of ={w}|{s} has ={w} and {v}|a {t} full of ={w}|a {t} of ={w}|so much ={w}
    |{s} offers ={w}|much ={w}|i saw ={w} in it|there is much ={w}|{s} shows ={w}|its ={w}|the ={w} of {s}
    |{s} brings ={w}"""
NOUN_TURNED = """~no ={w}|~without ={w}|~without any ={w}|{s} has ~no ={w}|{s} ~lacks ={w}|{s} ~lacks any ={w}
    |~lacking ={w}|~devoid of ={w}|{s} is ~devoid of ={w}|{s} ~doesn't have any ={w}|{s} is ~without ={w}
    |a {t} ~without ={w}|there is ~no ={w} in {s}|there ~isn't any ={w}|{s} ~never has any ={w}|~little ={w}
    |{s} has ~little ={w}|~free of ={w}|{s} is ~free of ={w}|{s} has ~hardly any ={w}|{s} shows ~no ={w}
    |with ~no ={w}|a {t} with ~no ={w}|~hardly any ={w}|{s} ~barely has any ={w}
    |i ~didn't see any ={w}|there's ~no ={w} here|{s} does ~not offer any ={w}|~lacks ={w}|a {t} that ~lacks ={w}
    |there is ~nothing of the ={w}|{s} ~cannot offer ={w}|{s} ~fails to bring ={w}|there was ~never any ={w}"""
NOUN_TWICE = """~not ~without ={w}|{s} is ~not ~without ={w}|{s} ~never ~lacks ={w}|{s} ~doesn't ~lack ={w}
    |~never ~without ={w}|{s} does ~not ~lack ={w}"""

# Negators that blame by themselves, whatever comes after them.
COMPLAINTS = {"fails", "fail", "failed", "lacks", "lack", "lacking", "devoid", "refuses", "unable"}

# Sentences whose last part decides, or in which a negator doesn't negate: {p} a positive adjective, {n} a negative.
DECIDED = {
    POSITIVE: """{s} is {n} but {s2} is {p}|{s} is {n} , but {s2} saves it|{s} is {n} but the actors save it
        |~~not {n} but {p}|~~not only {p} but {p2}|~~not just {p} but {p2}|despite a {n} {t} , {s} is {p}
        |although {s} is {n} , {s2} is {p}|{s} may be {n} , but it is {p}|i recommend this {p} {t}
        |i can only recommend this {p} {t}|you will love this {p} {t}|don't miss this {p} {t}|i loved it|i love {s}
        |~~not to be missed|couldn't be more {p}|{s} could not be more {p}|i like {s}|worth seeing|well worth a look
        |i couldn't stop laughing|never a dull moment|{s} saves the {t}|a must see|i enjoyed {s}|it works
        |no {t} has been more {p}|nothing could be more {p}|i have never seen a more {p} {t}""",
    NEGATIVE: """{s} is {p} but {s2} is {n}|{s} is {p} , but {s2} ruins it|{s} is {p} but the actors ruin it
        |~~not {p} but {n}|~~not only {n} but {n2}|~~not just {n} but {n2}|despite a {p} {t} , {s} is {n}
        |although {s} is {p} , {s2} is {n}|{s} may be {p} , but it is {n}|i can hardly recommend this {n} {t}
        |i cannot recommend this {n} {t}|i don't recommend it|you will hate this {n} {t}|avoid this {n} {t}
        |i can hardly recommend {s}|i hated it|i hate {s}|couldn't be more {n}|{s} could not be more {n}
        |i don't like {s}|i didn't like {s}|not worth seeing|i would never recommend it|a waste of time
        |this {n} mess|a {n} mess|what a {n} mess|{s} ruins the {t}|{s} never works|i did not enjoy {s}
        |it doesn't work|no {t} has been more {n}|i have never seen a more {n} {t}|it could have been {p}
        |{s} tries to be {p}|too {n} to be {p}|{s} wants to be {p} but is {n}|{s} should have been {p}"""}

KINDS = {
    "adjective": (ADJECTIVES, ADJECTIVE_PLAIN, ADJECTIVE_TURNED, ADJECTIVE_TWICE),
    "verb": (VERBS, VERB_PLAIN, VERB_TURNED, VERB_TWICE),
    "noun": (NOUNS, NOUN_PLAIN, NOUN_TURNED, NOUN_TWICE)}

# The pairs that training never sees: plain, turned, label of plain, negator words, target word. They are also the
# project's public negation test.
HELD_OUT_PAIRS = """
charming|never charming|1|never|charming
the tale is gripping|the tale is never gripping|1|never|gripping
the story surprises|the story never surprises|1|never|surprise
a tedious film|a never tedious film|-1|never|tedious
the movie bores|the movie never bores|-1|never|bore
the script is preachy|the script is never preachy|-1|never|preachy
it will impress you|it fails to impress you|1|fails to|impress
her performance will convince you|her performance fails to convince you|1|fails to|convince
the comedy manages to amuse|the comedy fails to amuse|1|fails to|amuse
the director can inspire|the director fails to inspire|1|fails to|inspire
a film that can thrill us|a film that fails to thrill us|1|fails to|thrill
a funny film|a hardly funny film|1|hardly|funny
the plot is original|the plot is hardly original|1|hardly|original
the dialogue is clumsy|the dialogue is hardly clumsy|-1|hardly|clumsy
hilarious|hardly hilarious|1|hardly|hilarious
the cast is convincing|the cast is barely convincing|1|barely|convincing
the romance is believable|the romance is barely believable|1|barely|believable
the humor entertains|the humor barely entertains|1|barely|entertain
the ending is satisfying|the ending isn't satisfying|1|isn't|satisfying
this movie is awful|this movie isn't awful|-1|isn't|awful
the sequel is predictable|the sequel isn't predictable|-1|isn't|predictable
the whole thing is exciting|the whole thing isn't exciting|1|isn't|exciting
the hero charms us|the hero doesn't charm us|1|doesn't|charm
the second half drags|the second half doesn't drag|-1|doesn't|drag
his film disappoints|his film doesn't disappoint|-1|doesn't|disappoint
the documentary can enlighten|the documentary cannot enlighten|1|cannot|enlighten
the picture can dazzle the audience|the picture cannot dazzle the audience|1|cannot|dazzle
the remake is brilliant|the remake is not brilliant|1|not|brilliant
the acting is terrible|the acting is not terrible|-1|not|terrible
a pretentious drama|not a pretentious drama|-1|not|pretentious
the plot has suspense|the plot has no suspense|1|no|suspense
there is warmth in it|there is no warmth in it|1|no|warmth
full of cliches|without cliches|-1|without|cliches
a story with tenderness|a story without tenderness|1|without|tenderness
the thriller has tension|the thriller lacks tension|1|lacks|tension
the script has wit|the script lacks wit|1|lacks|wit
the first half is dull|the first half is far from dull|-1|far from|dull
this film is perfect|this film is far from perfect|1|far from|perfect
the animation is lifeless|the animation is anything but lifeless|-1|anything but|lifeless
the premise is fresh|the premise is anything but fresh|1|anything but|fresh
the villain is memorable|the villain is rarely memorable|1|rarely|memorable
her voice is irritating|her voice was never irritating|-1|never|irritating
"""


@dataclasses.dataclass(frozen=True)
class Pair:
    """A plain text, its negation, the plain text's label, and the words whose meeting training never sees."""
    plain: str
    turned: str
    label: int
    negator: str
    target: str

    def meets(self, words):
        """Whether the set of words holds all words of the negator and a form of the target."""
        return not lemma_forms(self.target).isdisjoint(words) and words.issuperset(self.negator.split())


@dataclasses.dataclass(frozen=True)
class Generated:
    """Words of a generated sentence, its label (1 or -1), and the places of its negators and target word.

    `target` is None where the label can't be worked out from marks (the DECIDED sentences)."""
    words: tuple
    label: int
    turns: tuple = ()
    target: int = None

    def lean(self, visible):
        """Expected label in [-1, 1] when only the words whose places are in `visible` can be read.

        What negation means, not data: each visible negator turns the target's meaning round; the more words are
        hidden, the likelier one of them does so too. Without the target there is still a guess, since people mostly
        deny good things: "fails to ..." complains, "never fails to ..." praises, "never ..." alone tells less."""
        turns = [self.words[place] for place in self.turns if place in visible]
        if self.target is None:
            return self.label * (len(visible) / len(self.words)) ** 2
        if self.target in visible:
            sure = 0.5 + 0.5 * len(visible) / len(self.words)
            return self.label * (-1) ** (len(self.turns) - len(turns)) * sure
        if not turns:
            return 0.0
        if len(turns) % 2 == 0:
            return 0.9
        return -0.9 if turns[0] in COMPLAINTS else -0.5


@functools.lru_cache(maxsize=None)
def held_out_pairs():
    """The public negation pairs, a list of Pair."""
    rows = [line.split("|") for line in HELD_OUT_PAIRS.strip().splitlines()]
    return [Pair(plain, turned, int(label), negator, target) for plain, turned, label, negator, target in rows]


def word_set(text):
    """The space-separated words of the normalised text, without punctuation at their ends."""
    return {word.strip(".,;:!?\"()[]") for word in normalize(text).split()}


@functools.lru_cache(maxsize=None)
def negators():
    """All words that some template marks as turning the meaning round."""
    marked_texts = " ".join(text for kind in KINDS.values() for text in kind[1:]).replace("|", " ")
    return sorted({word[1:] for word in marked_texts.split() if word.startswith("~")})


@functools.lru_cache(maxsize=None)
def templates(text):
    """The templates of a `|`-separated text."""
    return [" ".join(template.split()) for template in text.replace("\n", " ").split("|")]


def generate(count, seed):
    """`count` different generated sentences, none of which holds a held-out pair: a list of Generated."""
    draw, pairs, made = random.Random(seed), held_out_pairs(), {}
    while len(made) < count:
        sentence = decided(draw) if draw.random() < 0.15 else marked(draw)
        words = {word.strip(".,;:!?") for word in sentence.words}
        if not any(pair.meets(words) for pair in pairs):
            made.setdefault(sentence.words, sentence)
    return list(made.values())


def marked(draw):
    """One sentence of a marked template."""
    lists, plain, turned, twice = KINDS[draw.choices(list(KINDS), [4, 4, 2])[0]]
    polarity = draw.choice((POSITIVE, NEGATIVE))
    # More plain than turned: in equal shares neither words nor negators alone would tell anything, and gradient
    # descent finds such a parity very late.
    forms = draw.choices((plain, turned, twice), [6, 5, 2.5])[0]
    if lists is VERBS and polarity == NEGATIVE and forms is not plain and draw.random() < 0.5:
        polarity = POSITIVE  # "fails to bore" is rare in real English
    word, second = draw.sample(lists[polarity], 2)
    text = fill(draw, draw.choice(templates(forms)), w=word, w3=third_person(word), v=second)
    return read_marks(surround(draw, text), polarity)


def decided(draw):
    """One sentence whose label its template decides."""
    label = draw.choice((POSITIVE, NEGATIVE))
    positive, negative = (draw.sample(ADJECTIVES[polarity], 2) for polarity in (POSITIVE, NEGATIVE))
    text = fill(draw, draw.choice(templates(DECIDED[label])).replace("~~", ""),
                p=positive[0], p2=positive[1], n=negative[0], n2=negative[1])
    return Generated(tuple(surround(draw, text).split()), label)


def fill(draw, template, **words):
    """Fills a template's places; words not given are drawn."""
    subject, other = draw.sample(SUBJECTS, 2)
    text = template.format(s=subject, s2=other, o=draw.choice(OBJECTS), t=draw.choice(THINGS),
                           i=draw.choice(INTENSIFIERS), **words)
    return " ".join("an" if a == "a" and b.lstrip("=")[0] in "aeio" else a
                    for a, b in zip(text.split(), text.split()[1:] + ["."]))


def surround(draw, text):
    """Puts an opening or a tail around some texts, and a full stop after half of them."""
    if draw.random() < 0.2:
        text = f"{draw.choice(OPENINGS)} {text}"
    if draw.random() < 0.25:
        text = f"{text} {draw.choice(TAILS)}"
    return f"{text} ." if draw.random() < 0.5 else text


def read_marks(text, polarity):
    """Takes the marks out of a text and works out its label."""
    words = text.split()
    turns = tuple(i for i, word in enumerate(words) if word.startswith("~"))
    target = next(i for i, word in enumerate(words) if word.startswith("="))
    label = polarity * (-1) ** len(turns)
    return Generated(tuple(word.lstrip("~=") for word in words), label, turns, target)
