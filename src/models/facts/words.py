"""The words that the facts model knows, their numbers, and the tokenizer file."""
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors

SPECIAL = ["<pad>", "<unk>", "<s>", "</s>"]
PAD, UNKNOWN, START, END = range(4)

FRAME = "Who What has does have the . ?".split()

NAMES = """
Adam Alice Anna Bella Ben Bob Carol Clara Daniel David Edith Ellen Emma Felix Frank George Gina Grace Helen Henry Hugo
Ida Irene Jack James John Jonas Julia Karen Kate Laura Leo Liam Lucy Maria Martha Martin Mary Max Mona Nick Nina Noah
Olga Oscar Paul Peter Petra Ralph Rosa Sam Sarah Simon Theo Tina Tom Ursula Vera Victor Walter Wendy Zoe
""".split()

COLOURS = """
beige black blue bronze brown crimson golden green grey ivory orange pink purple red scarlet silver turquoise violet
white yellow
""".split()

THINGS = """
bag ball basket bell belt bike blanket boat book bottle bowl box brush bucket button camera candle car carpet chair
clock coat coin cup doll drum flute fork glove guitar hammer hat jar kettle key kite knife ladder lamp letter map
mirror pen pillow plate ribbon ring rope scarf shirt shoe spoon stamp table tent towel truck umbrella vase wallet
""".split()

VOCABULARY = SPECIAL + FRAME + NAMES + COLOURS + THINGS
NUMBER = {word: number for number, word in enumerate(VOCABULARY)}
ORDINARY = VOCABULARY[len(SPECIAL):]

assert len(NUMBER) == len(VOCABULARY), "a word is listed twice"


def numbers(words):
    """The numbers of words, each of which must be known."""
    return [NUMBER[word] for word in words]


def tokenizer():
    """Whole words and single punctuation marks; `<s>` in front; a word that is not listed becomes `<unk>`."""
    made = Tokenizer(models.WordLevel(NUMBER, unk_token=SPECIAL[UNKNOWN]))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.add_special_tokens([AddedToken(word, special=True, normalized=False) for word in SPECIAL])
    start = SPECIAL[START]
    made.post_processor = processors.TemplateProcessing(single=f"{start} $A", pair=f"{start} $A $B",
                                                        special_tokens=[(start, START)])
    # No word starts with the prefix; what is wanted of this decoder is that it puts no space before "." and "?".
    made.decoder = decoders.WordPiece(prefix="##", cleanup=True)
    return made
