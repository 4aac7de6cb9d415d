"""WordPiece tokenizer: learns the vocabulary, splits text, writes `tokenizer.json`.

The Python side repeats exactly what the Hugging Face `tokenizers` library does with the file written here
(BertNormalizer, BertPreTokenizer, WordPiece), so the network sees the same pieces in training and in use.
"""
import collections
import json
import unicodedata

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
PAD, UNK, CLS, SEP, MASK = range(5)
PREFIX = "##"
LONGEST_WORD = 100  # in characters; longer words become [UNK], as in BERT


def normalize(text):
    """BertNormalizer with lowercase: drop control characters, unify white space, strip accents, lowercase."""
    kept = []
    for char in text:
        if " " <= char <= "~":  # most text: nothing to decide
            kept.append(char)
        elif char in "\t\n\r":
            kept.append(" ")
        elif char in "\0\ufffd" or unicodedata.category(char).startswith("C"):
            continue
        elif char.isspace():
            kept.append(" ")
        elif is_chinese(char):
            kept.append(f" {char} ")
        else:
            kept.append(char)
    decomposed = unicodedata.normalize("NFD", "".join(kept))
    return "".join(c for c in decomposed if unicodedata.category(c) != "Mn").lower()


def is_chinese(char):
    """The ideograph ranges which BertNormalizer surrounds with spaces."""
    code = ord(char)
    ranges = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F),
              (0x2B740, 0x2B81F), (0x2B920, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F))
    return any(low <= code <= high for low, high in ranges)


def is_punctuation(char):
    """BERT counts every ASCII symbol as punctuation, and the Unicode P categories."""
    return (char.isascii() and char.isprintable() and not char.isalnum() and char != " ") \
        or unicodedata.category(char).startswith("P")


def pre_tokens(text):
    """BertPreTokenizer after normalisation: split at spaces; each punctuation character stands alone."""
    tokens = []
    for chunk in normalize(text).split():
        start = 0
        for i, char in enumerate(chunk):
            if is_punctuation(char):
                tokens += [chunk[start:i]] if i > start else []
                tokens.append(char)
                start = i + 1
        tokens += [chunk[start:]] if start < len(chunk) else []
    return tokens


class WordPiece:
    """Greedy longest-match-first splitting with a fixed vocabulary (list of pieces; the index is the id)."""

    def __init__(self, vocabulary):
        self.vocabulary = vocabulary
        self.ids = {piece: i for i, piece in enumerate(vocabulary)}
        self.cache = {}

    def pieces(self, token):
        """Ids of one pre-token; the whole token is [UNK] when some part of it can't be matched."""
        if token not in self.cache:
            self.cache[token] = self._match(token)
        return self.cache[token]

    def _match(self, token):
        if len(token) > LONGEST_WORD:
            return [UNK]
        found, start = [], 0
        while start < len(token):
            end = len(token)
            while end > start and (PREFIX if start else "") + token[start:end] not in self.ids:
                end -= 1
            if end == start:
                return [UNK]
            found.append(self.ids[(PREFIX if start else "") + token[start:end]])
            start = end
        return found

    def words(self, text):
        """Ids of each space-separated word of `text`: a list of lists. A word is what ablation masks at once."""
        split = [[i for token in pre_tokens(word) for i in self.pieces(token)] for word in normalize(text).split()]
        return [ids for ids in split if ids]

    def encode(self, text, longest=512):
        """[CLS] pieces [SEP], at most `longest` ids."""
        return wrap(self.words(text), longest)


def wrap(words, longest=512):
    """Joins word pieces and adds [CLS] and [SEP]; cuts at `longest` ids."""
    flat = [i for word in words for i in word]
    return [CLS] + flat[:longest - 2] + [SEP]


def learn_vocabulary(texts, always, size, whole_words):
    """The `whole_words` most frequent words, all characters, and merged pieces for the rest of the words.

    `always` lists words that are in whatever their count. Ties are broken by the alphabet, so that the result
    doesn't depend on hashing.
    """
    counts = collections.Counter(token for text in texts for token in pre_tokens(text))
    characters = sorted({c for token in counts for c in token} | {chr(c) for c in range(33, 127) if not chr(c).isupper()})
    ranked = sorted(counts, key=lambda t: (-counts[t], t))
    vocabulary = dict.fromkeys(SPECIAL)
    vocabulary.update(dict.fromkeys(characters))
    vocabulary.update(dict.fromkeys(PREFIX + c for c in characters if not is_punctuation(c)))
    vocabulary.update(dict.fromkeys(token for text in always for token in pre_tokens(text)))
    vocabulary.update(dict.fromkeys(ranked[:whole_words]))
    rest = {token: counts[token] for token in ranked if token not in vocabulary}
    vocabulary.update(dict.fromkeys(merged_pieces(rest, size - len(vocabulary))))
    for token in ranked:  # merging may give words that are in already: fill up with whole words
        if len(vocabulary) >= size:
            break
        vocabulary.setdefault(token)
    return list(vocabulary)[:size]


def merged_pieces(counts, limit):
    """The pieces made by `limit` byte-pair merges over the words in `counts` (word to count)."""
    splits = {word: [word[0]] + [PREFIX + c for c in word[1:]] for word in counts}
    pair_counts, where = collections.Counter(), collections.defaultdict(set)
    for word, split in splits.items():
        count_pairs(word, split, counts[word], pair_counts, where)
    made = {}
    for _ in range(limit):
        if not pair_counts:
            break
        best = max(pair_counts.items(), key=lambda item: (item[1], item[0]))[0]
        new = best[0] + best[1][len(PREFIX):]
        made[new] = None
        for word in sorted(where[best]):
            count_pairs(word, splits[word], -counts[word], pair_counts, where)
            splits[word] = merge(splits[word], best, new)
            count_pairs(word, splits[word], counts[word], pair_counts, where)
        pair_counts.pop(best, None)
    return list(made)


def count_pairs(word, split, amount, pair_counts, where):
    """Adds `amount` to the count of each pair of neighbours in `split`."""
    for pair in zip(split, split[1:]):
        pair_counts[pair] += amount
        where[pair].add(word)


def merge(split, pair, new):
    """`split` with each occurrence of `pair` replaced by `new`."""
    out, i = [], 0
    while i < len(split):
        if tuple(split[i:i + 2]) == pair:
            out.append(new)
            i += 2
        else:
            out.append(split[i])
            i += 1
    return out


def write_tokenizer(path, vocabulary):
    """Writes `tokenizer.json` in the form of the Hugging Face `tokenizers` library."""
    def added(i):
        return {"id": i, "content": SPECIAL[i], "single_word": False, "lstrip": False, "rstrip": False,
                "normalized": False, "special": True}

    def special(i):
        return {"SpecialToken": {"id": SPECIAL[i], "type_id": 0}}

    a, b = {"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}
    separator_b = {"SpecialToken": {"id": SPECIAL[SEP], "type_id": 1}}
    document = {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [added(i) for i in range(len(SPECIAL))],
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                       "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [special(CLS), a, special(SEP)],
            "pair": [special(CLS), a, special(SEP), b, separator_b],
            "special_tokens": {SPECIAL[i]: {"id": SPECIAL[i], "ids": [i], "tokens": [SPECIAL[i]]} for i in (CLS, SEP)}},
        "decoder": {"type": "WordPiece", "prefix": PREFIX, "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": SPECIAL[UNK], "continuing_subword_prefix": PREFIX,
                  "max_input_chars_per_word": LONGEST_WORD, "vocab": {piece: i for i, piece in enumerate(vocabulary)}}}
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
