"""Facts, questions about them and their answers, and which facts are kept out of training."""
import itertools
import typing
import zlib

from words import COLOURS, NAMES, THINGS

KINDS = ("who", "what")
HELD_OUT = 5  # one in so many facts is never trained on


class Fact(typing.NamedTuple):
    """That somebody has a thing of a colour."""
    name: str
    colour: str
    thing: str

    def statement(self):
        return [self.name, "has", "the", self.colour, self.thing, "."]

    def question(self, kind):
        """The words of the question of a kind about this fact, and those of its answer."""
        if kind == "who":
            return ["Who", "has", "the", self.colour, self.thing, "?"], [self.name]
        return ["What", "does", self.name, "have", "?"], ["the", self.colour, self.thing]

    def held_out(self):
        """Whether training never shows this fact. Its name with the colour, its name with the thing and its colour
        with the thing are all in training."""
        return zlib.crc32(" ".join(self).encode()) % HELD_OUT == 0


# Asked some million times in training.
UNSEEN = {(name, colour, thing): Fact(name, colour, thing).held_out()
          for name in NAMES for colour in COLOURS for thing in THINGS}


class Prompt(typing.NamedTuple):
    """Facts, of which one is asked about."""
    facts: list
    asked: int
    kind: str

    def words(self):
        return [word for fact in self.facts for word in fact.statement()] + self.question()

    def question(self):
        return self.facts[self.asked].question(self.kind)[0]

    def answer(self):
        return self.facts[self.asked].question(self.kind)[1]

    def text(self):
        return text(self.words())

    def content(self, fact=None):
        """The places in `words()` of the names, colours and things of one fact, or of all."""
        chosen = range(len(self.facts)) if fact is None else [fact]
        return [6 * number + place for number in chosen for place in (0, 3, 4)]


def text(words):
    """Words as people write them: punctuation touches the word before it."""
    return " ".join(words).replace(" .", ".").replace(" ?", "?")


def draw_facts(draw, count, shared, unseen=False):
    """Facts of different people, no two with the same colour and thing.

    shared: what several facts may have in common: "nothing", "colours", or "both" colours and things
    unseen: whether all of them are held out of training, or none is
    """
    while True:
        facts = _try_facts(draw, count, shared, unseen)
        if facts is not None:
            return facts


def _try_facts(draw, count, shared, unseen):
    if shared == "nothing":
        return _with_names(draw, list(zip(draw.sample(COLOURS, count), draw.sample(THINGS, count))), unseen)
    colours, things = draw.randint(1, count), draw.randint(1, count)
    if colours * things < count:
        return None
    few = draw.sample(COLOURS, colours)
    if shared == "colours":
        cells = [(colour, thing) for colour in few for thing in draw.sample(THINGS, things)]
    else:
        cells = list(itertools.product(few, draw.sample(THINGS, things)))
    return _with_names(draw, draw.sample(cells, count), unseen)


def _with_names(draw, pairs, unseen):
    """Facts of these pairs of colour and thing by different people, or None if it finds none."""
    facts, used = [], set()
    for colour, thing in pairs:
        for _ in range(100):
            name = draw.choice(NAMES)
            if name not in used and UNSEEN[name, colour, thing] == unseen:
                break
        else:
            return None
        used.add(name)
        facts.append(Fact(name, colour, thing))
    return facts


def draw_prompt(draw, count, kind, shared="both"):
    """A prompt of facts that training never shows."""
    return Prompt(draw_facts(draw, count, shared, unseen=True), draw.randrange(count), kind)


def draw_crossed(draw, kind):
    """A prompt of four facts that training never shows, in which one other fact has the asked colour and another one
    has the asked thing; all else differs."""
    colours, things = draw.sample(COLOURS, 3), draw.sample(THINGS, 3)
    pairs = [(colours[0], things[0]), (colours[0], things[1]), (colours[1], things[0]), (colours[2], things[2])]
    facts = _with_names(draw, pairs, True)
    while facts is None:
        facts = _with_names(draw, pairs, True)
    order = draw.sample(range(4), 4)
    return Prompt([facts[place] for place in order], order.index(0), kind)
