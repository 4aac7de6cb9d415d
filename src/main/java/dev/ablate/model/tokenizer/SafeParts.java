package dev.ablate.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ablate.model.tokenizer.TokenizerFile.VocabularySummary;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The parts of a tokenizer over which the library cannot panic, hang or fill the memory, whatever
 * the text. A list of what is known, not of what is feared: all else runs in a process of its own,
 * with the same answers. The reasons stand in {@code docs/design/0017-tokenizers.md}.
 */
final class SafeParts {
  private static final int MOST_ADDED = 10_000;
  private static final int LONGEST_ADDED = 1_000;
  private static final int ALL_ADDED = 1 << 20;
  private static final int LONGEST_SCORED = 256;
  private static final int LONGEST_WORD = 1_000;
  private static final int MOST_STEPS = 16;

  private static final String VISIBLE = "[!-~]|[!-~].*[!-~]";

  /** Of GPT-2 in two spellings, of Llama 3, of Qwen 2. */
  static final Set<String> SPLITS =
      Set.of(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          likeLlama("\\p{N}{1,3}"),
          likeLlama("\\p{N}"));

  /** Runs of white space, of XLM-R and CLIP. */
  private static final Set<String> SPACES = Set.of(" {2,}", "\\s+");

  private SafeParts() {}

  private static String likeLlama(String digits) {
    return "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"
        + digits
        + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  }

  /** Whether all of a tokenizer's parts are safe. */
  static boolean all(TokenizerFile file) {
    JsonNode parts = file.parts();
    return model(file.model(), file.vocabulary())
        && normalizer(parts.path("normalizer"))
        && preTokenizer(parts.path("pre_tokenizer"))
        && growing(parts.path("normalizer")) + growing(parts.path("pre_tokenizer")) <= 1
        && postProcessor(parts.path("post_processor"))
        && decoder(parts.path("decoder"))
        && addedTokens(parts.path("added_tokens"), !missing(parts.path("normalizer")))
        && counts(parts.path("truncation"), "max_length", "stride")
        && counts(parts.path("padding"), "pad_to_multiple_of", "pad_id", "pad_type_id");
  }

  private static boolean model(JsonNode model, VocabularySummary vocabulary) {
    boolean numbers = vocabulary.kind() == VocabularySummary.Kind.NUMBERS;
    return switch (kind(model)) {
      // Without a prefix no merge cuts a token, and no suffix is split into bytes.
      case "BPE" ->
          numbers
              && model.path("continuing_subword_prefix").asText("").isEmpty()
              && !(model.path("byte_fallback").asBoolean()
                  && model.path("end_of_word_suffix").isTextual());
      case "WordPiece" ->
          numbers
              && model.path("max_input_chars_per_word").isIntegralNumber()
              && within(model.path("max_input_chars_per_word"), LONGEST_WORD);
      case "WordLevel" -> numbers;
      case "Unigram" ->
          vocabulary.kind() == VocabularySummary.Kind.SCORES
              && vocabulary.longest() <= LONGEST_SCORED;
      default -> false;
    };
  }

  private static boolean normalizer(JsonNode part) {
    return switch (kind(part)) {
      case "" -> missing(part);
      case "BertNormalizer" ->
          flags(part, "clean_text", "handle_chinese_chars", "strip_accents", "lowercase");
      case "Lowercase", "NFC", "NFD", "NFKC", "NFKD", "Nmt", "StripAccents", "ByteLevel" ->
          flags(part);
      case "Strip" -> flags(part, "strip_left", "strip_right");
      // Prepending nothing reads past the end.
      case "Prepend" ->
          only(part, "prepend")
              && length(part.path("prepend")) >= 1
              && length(part.path("prepend")) <= 4;
      case "Replace" -> only(part, "pattern", "content") && replacement(part);
      case "Precompiled" ->
          only(part, "precompiled_charsmap")
              && CharsMap.sound(part.path("precompiled_charsmap").asText());
      case "Sequence" ->
          only(part, "normalizers") && steps(part.path("normalizers"), SafeParts::normalizer);
      default -> false;
    };
  }

  /** Never makes a text longer, nor a text of nothing. */
  private static boolean replacement(JsonNode part) {
    JsonNode pattern = part.path("pattern");
    int content = length(part.path("content"));
    String text = pattern.path("String").asText();
    boolean plain = text.length() <= 32 && content <= text.codePointCount(0, text.length());
    boolean spaces = SPACES.contains(pattern.path("Regex").asText()) && content == 1;
    return pattern.size() == 1 && content > 0 && (plain || spaces);
  }

  private static boolean preTokenizer(JsonNode part) {
    return switch (kind(part)) {
      case "" -> missing(part);
      case "BertPreTokenizer", "Whitespace", "WhitespaceSplit" -> flags(part);
      case "ByteLevel" -> flags(part, "add_prefix_space", "trim_offsets", "use_regex");
      case "Digits" -> flags(part, "individual_digits");
      case "Punctuation" -> only(part, "behavior");
      case "Metaspace" ->
          only(part, "replacement", "prepend_scheme", "add_prefix_space", "split", "str_rep")
              && length(part.path("replacement")) == 1;
      case "Split" ->
          only(part, "pattern", "behavior", "invert")
              && part.path("pattern").size() == 1
              && (SPLITS.contains(part.path("pattern").path("Regex").asText())
                  || length(part.path("pattern").path("String")) == 1);
      case "Sequence" ->
          only(part, "pretokenizers") && steps(part.path("pretokenizers"), SafeParts::preTokenizer);
      default -> false;
    };
  }

  /** How many of its steps turn every character into several. */
  private static int growing(JsonNode part) {
    int count = List.of("ByteLevel", "Precompiled").contains(kind(part)) ? 1 : 0;
    for (JsonNode step : part.path("normalizers")) {
      count += growing(step);
    }
    for (JsonNode step : part.path("pretokenizers")) {
      count += growing(step);
    }
    return count;
  }

  /** What {@link SpoiltParts} lets through, where its keys are those of its kind. */
  private static boolean postProcessor(JsonNode part) {
    return switch (kind(part)) {
      case "Sequence" -> {
        JsonNode steps = part.path("processors");
        yield only(part, "processors")
            && steps(steps, SafeParts::oneProcessor)
            && steps.size() - count(steps, "ByteLevel") <= 1;
      }
      case "" -> missing(part);
      default -> oneProcessor(part);
    };
  }

  private static boolean oneProcessor(JsonNode part) {
    return switch (kind(part)) {
      case "ByteLevel" -> flags(part, "add_prefix_space", "trim_offsets", "use_regex");
      case "BertProcessing", "RobertaProcessing" ->
          only(part, "sep", "cls", "trim_offsets", "add_prefix_space");
      case "TemplateProcessing" -> only(part, "single", "pair", "special_tokens");
      default -> false;
    };
  }

  /**
   * The library panics where a decoder is not even JSON by its own reading (a number too large for
   * a double, half of a surrogate pair, nesting beyond 128), and over one that strips the ends of
   * tokens. None that stays here makes a text longer at each of its steps.
   */
  private static boolean decoder(JsonNode part) {
    return switch (kind(part)) {
      case "" -> missing(part);
      case "Sequence" -> only(part, "decoders") && steps(part.path("decoders"), SafeParts::decoder);
      case "Replace" ->
          only(part, "pattern", "content")
              && part.path("pattern").size() == 1
              && length(part.path("pattern").path("String")) > 0
              && length(part.path("pattern").path("String")) >= length(part.path("content"))
              && plain(part.path("pattern").path("String"))
              && plain(part.path("content"));
      case "BPEDecoder" -> values(part, "suffix") && !emptied(part.path("suffix"));
      case "ByteLevel" -> values(part, "add_prefix_space", "trim_offsets", "use_regex");
      case "WordPiece" -> values(part, "prefix", "cleanup");
      case "Metaspace" ->
          values(part, "replacement", "prepend_scheme", "add_prefix_space", "split", "str_rep");
      case "CTC" ->
          values(part, "pad_token", "word_delimiter_token", "cleanup")
              && !emptied(part.path("word_delimiter_token"));
      case "Strip" -> values(part, "content", "start", "stop") && within(part.path("stop"), 0);
      case "ByteFallback", "Fuse" -> flags(part);
      default -> false;
    };
  }

  /**
   * Tokens that are told from all before each is added, and found in the text before and after it
   * is normalized.
   */
  private static boolean addedTokens(JsonNode tokens, boolean normalized) {
    if (tokens.size() > MOST_ADDED || !(tokens.isArray() || missing(tokens))) {
      return false;
    }
    boolean strips = false;
    long all = 0;
    for (JsonNode token : tokens) {
      all += length(token.path("content"));
      strips |= token.path("lstrip").asBoolean() || token.path("rstrip").asBoolean();
    }
    if (all > ALL_ADDED) {
      return false;
    }
    for (JsonNode token : tokens) {
      int length = length(token.path("content"));
      boolean changes = normalized && token.path("normalized").asBoolean();
      boolean visible = token.path("content").asText().matches(VISIBLE);
      if (length == 0 || length > LONGEST_ADDED || (!visible && (changes || strips))) {
        return false;
      }
    }
    return true;
  }

  private static boolean counts(JsonNode part, String... names) {
    if (missing(part)) {
      return true;
    }
    for (String name : names) {
      JsonNode count = part.path(name);
      if (!missing(count) && !within(count, Integer.MAX_VALUE)) {
        return false;
      }
    }
    JsonNode fixed = part.path("strategy").path("Fixed");
    return part.isObject() && (missing(fixed) || within(fixed, Integer.MAX_VALUE));
  }

  private static boolean within(JsonNode count, int most) {
    return count.canConvertToInt() && count.intValue() >= 0 && count.intValue() <= most;
  }

  private static boolean steps(JsonNode list, Predicate<JsonNode> safe) {
    if (!list.isArray() || list.size() > MOST_STEPS) {
      return false;
    }
    for (JsonNode step : list) {
      if (missing(step) || kind(step).equals("Sequence") || !safe.test(step)) {
        return false;
      }
    }
    return true;
  }

  private static int count(JsonNode list, String kind) {
    int count = 0;
    for (JsonNode step : list) {
      count += kind(step).equals(kind) ? 1 : 0;
    }
    return count;
  }

  private static String kind(JsonNode part) {
    return part.path("type").asText("");
  }

  private static boolean missing(JsonNode part) {
    return part.isMissingNode() || part.isNull();
  }

  /** Whether a text is there and has nothing in it. */
  private static boolean emptied(JsonNode text) {
    return text.isTextual() && text.textValue().isEmpty();
  }

  /** Code points of a text; 0 for anything else. */
  private static int length(JsonNode text) {
    return text.isTextual() ? text.textValue().codePointCount(0, text.textValue().length()) : 0;
  }

  /** Whether a part holds nothing but its type and some of these, each yes, no or null. */
  private static boolean flags(JsonNode part, String... names) {
    for (String name : names) {
      JsonNode flag = part.path(name);
      if (!missing(flag) && !flag.isBoolean()) {
        return false;
      }
    }
    return only(part, names);
  }

  /** Whether a part holds nothing but its type and some of these, each a plain value. */
  private static boolean values(JsonNode part, String... names) {
    for (String name : names) {
      if (!missing(part.path(name)) && !plain(part.path(name))) {
        return false;
      }
    }
    return only(part, names);
  }

  /** A flag, an int, or a text of whole characters. */
  private static boolean plain(JsonNode value) {
    boolean whole =
        value.isTextual()
            && value
                .textValue()
                .codePoints()
                .noneMatch(c -> Character.getType(c) == Character.SURROGATE);
    return whole || value.isBoolean() || value.isInt();
  }

  /** Whether a part holds nothing but its type and some of these. */
  private static boolean only(JsonNode part, String... names) {
    Collection<String> known = new HashSet<>(List.of(names));
    known.add("type");
    for (Iterator<String> name = part.fieldNames(); name.hasNext(); ) {
      if (!known.contains(name.next())) {
        return false;
      }
    }
    return true;
  }
}
