package dev.ablate.view;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes the elements of an SVG picture; what it writes is well-formed whatever the texts are. */
final class Svg implements AutoCloseable {
  private static final String SPACE = "http://www.w3.org/2000/svg";

  private final XMLStreamWriter xml;

  /**
   * Begins a picture on white ground.
   *
   * @param out stays open
   * @param width in pixels
   * @param height in pixels
   */
  Svg(OutputStream out, double width, double height) throws IOException {
    try {
      xml =
          XMLOutputFactory.newDefaultFactory()
              .createXMLStreamWriter(out, StandardCharsets.UTF_8.name());
      xml.writeStartDocument(StandardCharsets.UTF_8.name(), "1.0");
    } catch (XMLStreamException e) {
      throw new IOException(e);
    }
    begin(
        "svg",
        "xmlns",
        SPACE,
        "width",
        number(width),
        "height",
        number(height),
        "viewBox",
        "0 0 " + number(width) + " " + number(height),
        "font-family",
        "sans-serif",
        "font-size",
        "12");
    leaf("rect", "width", "100%", "height", "100%", "fill", "#ffffff");
  }

  /** A number of at most two decimals. */
  static String number(double value) {
    String words = String.format(Locale.ROOT, "%.2f", value);
    return words.contains(".") ? words.replaceAll("\\.?0+$", "") : words;
  }

  /** Begins an element with attributes, names and values in turns. */
  void begin(String element, Object... attributes) throws IOException {
    try {
      xml.writeStartElement(element);
      for (int a = 0; a < attributes.length; a += 2) {
        Object value = attributes[a + 1];
        xml.writeAttribute(
            attributes[a].toString(),
            value instanceof Double number ? number(number) : valid(value.toString()));
      }
    } catch (XMLStreamException e) {
      throw new IOException(e);
    }
  }

  /** Ends the element that was begun last. */
  void end() throws IOException {
    try {
      xml.writeEndElement();
    } catch (XMLStreamException e) {
      throw new IOException(e);
    }
  }

  /** An element without content. */
  void leaf(String element, Object... attributes) throws IOException {
    begin(element, attributes);
    end();
  }

  /** What the element that is open says when it is pointed at. */
  void said(String words) throws IOException {
    begin("title");
    characters(words);
    end();
  }

  /**
   * A text.
   *
   * @param weight of the font, null for the usual one
   */
  void text(double x, double y, String weight, String words) throws IOException {
    begin("text", "x", x, "y", y, "font-weight", weight == null ? "normal" : weight);
    characters(words);
    end();
  }

  /** A text around the middle of its line. */
  void middle(double x, double y, String words) throws IOException {
    begin("text", "x", x, "y", y, "text-anchor", "middle", "font-size", "10");
    characters(words);
    end();
  }

  private void characters(String words) throws IOException {
    try {
      xml.writeCharacters(valid(words));
    } catch (XMLStreamException e) {
      throw new IOException(e);
    }
  }

  /** Code points that XML does not hold become U+FFFD. */
  private static String valid(String words) {
    StringBuilder valid = new StringBuilder();
    words.codePoints().forEach(c -> valid.appendCodePoint(isValid(c) ? c : 0xFFFD));
    return valid.toString();
  }

  private static boolean isValid(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || (c >= 0x20 && c <= 0xD7FF)
        || (c >= 0xE000 && c <= 0xFFFD)
        || c >= 0x10000;
  }

  @Override
  public void close() throws IOException {
    try {
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IOException(e);
    }
  }
}
