package dev.ablate.train.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import dev.ablate.json.StrictJson;
import dev.ablate.mask.Masks;
import dev.ablate.train.Groups;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The lines to and from a command that trains; {@code docs/formats.md} has them. */
final class Protocol {
  private static final String FORMAT = "ablate-trainer/1";
  private static final int SHOWN = 80;

  /** More values for each subset would not fit into any memory with thousands of subsets. */
  static final int MOST_OUTPUTS = 1_000_000;

  private Protocol() {}

  /** The first line to a process: what it will be asked about. */
  static String hello(Groups groups) {
    return "{\"format\":\""
        + FORMAT
        + "\",\"rows\":"
        + groups.rows()
        + ",\"groups\":"
        + groups.count()
        + "}";
  }

  /**
   * Reads the first line of a process.
   *
   * @return a name for each value that it will give
   * @throws InputException if it does not say how many there are; the message is a part of a line
   */
  static List<String> outputs(String line) {
    JsonNode outputs = parse(line).path("outputs");
    if (outputs.isIntegralNumber() && outputs.doubleValue() > MOST_OUTPUTS) {
      throw new InputException(
          "announced "
              + outputs
              + " outputs, and there can be "
              + MOST_OUTPUTS
              + ": it must give fewer values a subset, such as means");
    }
    if (outputs.isIntegralNumber() && outputs.canConvertToInt() && outputs.intValue() > 0) {
      return IntStream.range(0, outputs.intValue()).mapToObj(o -> "output " + o).toList();
    }
    List<String> names = new ArrayList<>();
    outputs.forEach(name -> names.add(name.isTextual() ? name.textValue() : ""));
    if (!outputs.isArray() || names.isEmpty() || names.contains("")) {
      throw new InputException(
          "first wrote "
              + shown(line)
              + ": its first line must be {\"outputs\": N}, with the number of values a subset, or"
              + " {\"outputs\": [\"name\", …]}");
    }
    return List.copyOf(names);
  }

  /**
   * A request.
   *
   * @param id comes back with the answer
   */
  static String request(long id, Groups groups, Masks kept, int subset) {
    int[] some = IntStream.range(0, groups.count()).filter(g -> kept.kept(subset, g)).toArray();
    return "{\"id\":"
        + id
        + ",\"kept\":"
        + list(groups.kept(kept, subset))
        + ",\"groups\":"
        + list(some)
        + "}";
  }

  private static String list(int[] numbers) {
    return Arrays.toString(numbers).replace(" ", "");
  }

  /**
   * Reads an answer.
   *
   * @param id that of the request
   * @param outputs how many values it must have
   * @throws InputException if it is not the answer; the message is a part of a line
   */
  static double[] values(String line, long id, int outputs) {
    JsonNode answer = parse(line);
    JsonNode given = answer.path("id");
    if (!given.isIntegralNumber() || given.longValue() != id || !given.canConvertToLong()) {
      throw new InputException(
          "answered "
              + shown(line)
              + " to the request with id "
              + id
              + ": it must write that id, and one line a request");
    }
    JsonNode values = answer.path("values");
    if (!values.isArray() || values.size() != outputs) {
      throw new InputException(
          "gave "
              + (values.isArray() ? values.size() + " values" : "no list \"values\"")
              + " where it announced "
              + outputs
              + ": it must give as many each time");
    }
    double[] numbers = new double[outputs];
    for (int o = 0; o < outputs; o++) {
      JsonNode value = values.get(o);
      numbers[o] = value.isNumber() ? value.doubleValue() : Double.NaN;
      if (!Double.isFinite(numbers[o])) {
        throw new InputException(
            "gave "
                + OneLine.brief(value.isNumber() ? value.asText() : value.toString(), SHOWN)
                + " as value "
                + o
                + ": values must be finite numbers");
      }
    }
    return numbers;
  }

  private static JsonNode parse(String line) {
    try {
      return StrictJson.parse(line, "it");
    } catch (InputException e) {
      throw new InputException(
          "wrote "
              + shown(line)
              + ", which is no JSON: it must write a JSON object a request and nothing else on its"
              + " standard output",
          e);
    }
  }

  private static String shown(String text) {
    return "\"" + OneLine.brief(text.strip(), SHOWN) + "\"";
  }
}
