package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer.Element;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parameters of a kernel as its source declares them, without the local memory. Arguments are
 * brought into their order and checked against them before a launch.
 */
final class KernelSignature {
  private static final Pattern KERNEL =
      Pattern.compile(
          "\\bKERNEL\\s+void\\s+(?:[A-Z_]+\\s*\\([^)]*\\)\\s*)?(\\w+)\\s*\\(([^)]*)\\)");
  private static final Pattern PARAMETER = Pattern.compile("(\\w+)\\s*(\\*?)\\s*(\\w+)");
  private static final Pattern TYPEDEF = Pattern.compile("\\btypedef\\s+(\\w+)\\s+(\\w+)\\s*;");
  private static final String LOCAL = "LOCAL_PARAMETER";

  /** What Java has for a type: a buffer's element and a boxed number, where there is one. */
  private record Type(Element element, Class<?> number) {}

  private static final Map<String, Type> TYPES =
      Map.of(
          "u8", new Type(Element.U8, null),
          "i8", new Type(Element.U8, null),
          "u32", new Type(Element.I32, Integer.class),
          "i32", new Type(Element.I32, Integer.class),
          "u64", new Type(Element.U64, Long.class),
          "i64", new Type(Element.U64, Long.class),
          "float", new Type(Element.F32, Float.class),
          "double", new Type(Element.F64, Double.class));

  /** A parameter: what a buffer for it holds, null for a number; the number's class otherwise. */
  private record Parameter(String name, Element element, Class<?> number) {}

  private final String kernel;
  private final Parameter[] parameters;

  private KernelSignature(String kernel, List<Parameter> parameters) {
    this.kernel = kernel;
    this.parameters = parameters.toArray(Parameter[]::new);
  }

  /** The names of the kernels of a source, in its order. */
  static List<String> kernels(KernelMacros source) {
    return KERNEL.matcher(source.text()).results().map(kernel -> kernel.group(1)).toList();
  }

  /**
   * The parameters of a kernel.
   *
   * @throws IllegalArgumentException if the source has no such kernel or a parameter has a type
   *     that no argument can have
   */
  static KernelSignature of(KernelMacros source, String kernel) {
    Matcher found = KERNEL.matcher(source.text());
    while (found.find()) {
      if (found.group(1).equals(kernel)) {
        return parse(source, kernel, found.group(2).strip());
      }
    }
    throw new IllegalArgumentException("no kernel " + kernel + " in its source");
  }

  private static KernelSignature parse(KernelMacros source, String kernel, String list) {
    // Kernels with the same parameters may have a macro for all of them.
    String plain = list.matches("\\w+") && !list.equals(LOCAL) ? source.body(list) : list;
    String[] texts = plain.split(",");
    if (!texts[texts.length - 1].strip().equals(LOCAL)) {
      throw new IllegalArgumentException("the last parameter of " + kernel + " is not " + LOCAL);
    }
    List<Parameter> parameters = new ArrayList<>();
    for (int i = 0; i < texts.length - 1; i++) {
      String text = texts[i].replaceAll("\\b(GLOBAL|const|RESTRICT)\\b", " ").strip();
      Matcher parameter = PARAMETER.matcher(text);
      Type type = parameter.matches() ? type(source, parameter.group(1)) : null;
      boolean pointer = type != null && !parameter.group(2).isEmpty();
      if (type == null || !pointer && type.number == null) {
        throw new IllegalArgumentException(
            "no argument can be " + texts[i].strip() + " of " + kernel);
      }
      // Literals of Java are interned, too: names in their order are told by their addresses.
      String name = parameter.group(3).intern();
      parameters.add(
          pointer
              ? new Parameter(name, type.element, null)
              : new Parameter(name, null, type.number));
    }
    return new KernelSignature(kernel, parameters);
  }

  private static Type type(KernelMacros source, String name) {
    Type known = TYPES.get(name);
    if (known != null) {
      return known;
    }
    Matcher typedef = TYPEDEF.matcher(source.text());
    while (typedef.find()) {
      if (typedef.group(2).equals(name)) {
        return TYPES.get(typedef.group(1));
      }
    }
    return null;
  }

  /** The names of the parameters, in their order. */
  List<String> names() {
    return Arrays.stream(parameters).map(Parameter::name).toList();
  }

  /**
   * Arguments in the order of the parameters, as a device takes them.
   *
   * @throws IllegalArgumentException if one is missing, unknown, given twice or of another type
   */
  Object[] order(Arguments arguments) {
    int count = parameters.length;
    if (arguments.count() != count) {
      throw misnamed(arguments);
    }
    Object[] ordered = new Object[count];
    for (int i = 0; i < count; i++) {
      Parameter parameter = parameters[i];
      int at = arguments.name(i) == parameter.name ? i : arguments.find(parameter.name);
      if (at < 0) {
        throw misnamed(arguments);
      }
      ordered[i] = checked(parameter, arguments.value(at));
    }
    return ordered;
  }

  private Object checked(Parameter parameter, Object value) {
    if (parameter.element == null) {
      if (value.getClass() == parameter.number) {
        return value;
      }
    } else if (value instanceof KernelBuffer buffer) {
      if (buffer.element() == parameter.element) {
        return buffer.memory();
      }
    } else if (value instanceof Arguments.Reinterpreted any) {
      return any.buffer().memory();
    }
    throw mistyped(parameter, value);
  }

  private IllegalArgumentException mistyped(Parameter parameter, Object value) {
    String given =
        value instanceof KernelBuffer buffer
            ? "a buffer of " + buffer.element()
            : value instanceof Arguments.Reinterpreted
                ? "a buffer"
                : value.getClass().getSimpleName() + " " + value;
    String wanted =
        parameter.element != null
            ? "a buffer of " + parameter.element
            : parameter.number.getSimpleName();
    return new IllegalArgumentException(
        kernel + " takes " + wanted + " as " + parameter.name + ", not " + given);
  }

  private IllegalArgumentException misnamed(Arguments arguments) {
    List<String> given = new ArrayList<>();
    for (int i = 0; i < arguments.count(); i++) {
      given.add(arguments.name(i));
    }
    List<String> names = names();
    for (String name : given) {
      if (!names.contains(name)) {
        return new IllegalArgumentException(kernel + " has no parameter " + name);
      }
      if (given.indexOf(name) != given.lastIndexOf(name)) {
        return new IllegalArgumentException(kernel + " is given " + name + " twice");
      }
    }
    List<String> missing = names.stream().filter(name -> !given.contains(name)).toList();
    return new IllegalArgumentException(kernel + " lacks " + String.join(", ", missing));
  }
}
