"""The words of the planted models, their numbers, and the tokenizer file."""
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, processors

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
PAD, UNKNOWN, START, END, MASK = range(5)
FIRST_WORD = len(SPECIAL)

WORDS = """
apple bank bread bridge chair cloud coast corn door dust farm field fire flag garden glass grain grass hill house iron
island lake lamp leaf moon mountain night ocean paper rain river road rock salt sand silver snow stone storm street sun
tower tree valley village wall water wind wood
""".split()

VOCABULARY = SPECIAL + WORDS
NUMBER = {word: number for number, word in enumerate(VOCABULARY)}


def tokenizer():
    """Whole words, one token each, between `[CLS]` and `[SEP]`."""
    made = Tokenizer(models.WordLevel(NUMBER, unk_token=SPECIAL[UNKNOWN]))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.add_special_tokens([AddedToken(word, special=True, normalized=False) for word in SPECIAL])
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=[("[CLS]", START), ("[SEP]", END)])
    return made
