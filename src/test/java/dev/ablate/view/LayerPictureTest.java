package dev.ablate.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Output;
import dev.ablate.game.Input;
import dev.ablate.index.Index;
import dev.ablate.spectrum.Spectrum;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** The picture, as another reader of XML sees it. */
class LayerPictureTest {
  private static final Output OUTPUT =
      Layered.output("yes", Layered.SPECTRUM, Layered.INTERACTIONS);

  private static Document draw(Explanation explanation) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      LayerPicture.write(out, explanation);
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setNamespaceAware(true);
      return factory.newDocumentBuilder().parse(new ByteArrayInputStream(out.toByteArray()));
    } catch (IOException | SAXException | ParserConfigurationException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Element> all(Element from, String name) {
    NodeList nodes = from.getElementsByTagNameNS("http://www.w3.org/2000/svg", name);
    return IntStream.range(0, nodes.getLength()).mapToObj(i -> (Element) nodes.item(i)).toList();
  }

  /** The group that says this when it is pointed at. */
  private static Element saying(Document picture, String words) {
    List<Element> found =
        all(picture.getDocumentElement(), "title").stream()
            .filter(title -> title.getTextContent().equals(words))
            .map(title -> (Element) title.getParentNode())
            .toList();
    assertEquals(1, found.size(), words);
    return found.get(0);
  }

  private static String end(Element group, String shape) {
    Element last = all(group, shape).get(0);
    return shape.equals("circle")
        ? last.getAttribute("cx") + " " + last.getAttribute("cy")
        : Svg.number(Double.parseDouble(last.getAttribute("x")) + 11)
            + " "
            + Svg.number(Double.parseDouble(last.getAttribute("y")) + 11);
  }

  @Test
  void everyComponentIsThereAndTheFirstLayerIsLowest() {
    Document picture = draw(Layered.explanation(OUTPUT));
    Element first = saying(picture, "L0H0 alone: -2.000");
    Element second = saying(picture, "L0H1 alone: +0.000");
    Element above = saying(picture, "L1H0 alone: +1.000");
    Element block = saying(picture, "L2MLP alone: +0.000");
    assertEquals(2, all(block, "rect").size());
    double y = Double.parseDouble(all(first, "circle").get(0).getAttribute("cy"));
    assertEquals(all(second, "circle").get(0).getAttribute("cy"), Svg.number(y));
    assertTrue(Double.parseDouble(all(above, "circle").get(0).getAttribute("cy")) < y);
    assertEquals("1", all(first, "circle").get(1).getAttribute("fill-opacity"));
    assertEquals("0.5", all(above, "circle").get(1).getAttribute("fill-opacity"));
    assertEquals("0", all(second, "circle").get(1).getAttribute("fill-opacity"));
    assertEquals(5, picture.getElementsByTagName("circle").getLength() - 2 * 3, "heads of layers");
  }

  @Test
  void arcsJoinPairsOfASureSign() {
    Document picture = draw(Layered.explanation(OUTPUT));
    String from = end(saying(picture, "L0H0 alone: -2.000"), "circle");
    String to = end(saying(picture, "L1H0 alone: +1.000"), "circle");
    Element arc = saying(picture, "L0H0 × L1H0: -4.000 [-4.980, -3.020]");
    String path = all(arc, "path").get(0).getAttribute("d");
    assertTrue(path.startsWith("M " + from + " Q ") && path.endsWith(" " + to), path);
    assertEquals("5", arc.getAttribute("stroke-width"), "the largest");
    assertEquals("5 3", arc.getAttribute("stroke-dasharray"));
    Element other = saying(picture, "L0H0 × L0H1: +2.000 [+1.020, +2.980]");
    assertEquals("3", other.getAttribute("stroke-width"));
    assertEquals("none", other.getAttribute("stroke-dasharray"));
    Element star = saying(picture, "L0H0 × L1H0 × L2MLP: +0.750");
    List<String> ends =
        all(star, "path").stream().map(p -> p.getAttribute("d").split(" L ")[1]).toList();
    assertEquals(List.of(from, to, end(saying(picture, "L2MLP alone: +0.000"), "rect")), ends);
    assertTrue(
        all(picture.getDocumentElement(), "title").stream()
            .noneMatch(title -> title.getTextContent().startsWith("L0H1 × L1H0:")),
        "its interval holds 0");
  }

  /** By a Fourier coefficient below 0 a feature raises the value. */
  @Test
  void coloursSayWhatRaises() {
    Document plain = draw(Layered.explanation(OUTPUT));
    Document fourier = draw(Layered.explanation(Layered.output("log-odds", Index.FOURIER)));
    assertEquals(fill(plain, "L1H0 alone: +1.000"), fill(fourier, "L0H0 alone: -2.000"));
    assertEquals(fill(plain, "L0H0 alone: -2.000"), fill(fourier, "L1H0 alone: +1.000"));
  }

  private static String fill(Document picture, String words) {
    return all(saying(picture, words), "circle").get(1).getAttribute("fill");
  }

  @Test
  void columnsHaveNames() {
    List<String> texts =
        all(draw(Layered.explanation(OUTPUT)).getDocumentElement(), "text").stream()
            .map(Element::getTextContent)
            .toList();
    assertTrue(texts.containsAll(List.of("H0", "H1", "MLP", "layer 2")), texts.toString());
  }

  /** On the line of the three it would not be seen. */
  @Test
  void theStarOfARowStandsAboveIt() {
    LayerGrid grid =
        new LayerGrid(
            new Input.Components(
                List.of(3, 1),
                IntStream.range(0, 3)
                    .mapToObj(h -> new Input.Component(Input.Component.HEAD, 0, h))
                    .toList()));
    List<LayerGrid.Point> row = IntStream.range(0, 3).mapToObj(grid::of).toList();
    assertEquals(row.get(1).x(), grid.middle(row).x());
    assertTrue(grid.middle(row).y() < row.get(1).y() - 5);
  }

  @Test
  void everyOutputHasItsBlock() {
    Output flat = Layered.output("no", Spectrum.zero(4), List.of());
    Document one = draw(Layered.explanation(OUTPUT));
    Document two = draw(Layered.explanation(OUTPUT, flat));
    assertEquals(
        2 * Double.parseDouble(one.getDocumentElement().getAttribute("height")),
        Double.parseDouble(two.getDocumentElement().getAttribute("height")),
        0.01);
    String texts =
        all(two.getDocumentElement(), "text").stream()
            .map(Element::getTextContent)
            .collect(Collectors.joining("\n"));
    assertTrue(texts.contains("log-odds of yes") && texts.contains("log-odds of no"), texts);
    assertTrue(texts.contains("nothing acts"), texts);
    assertTrue(texts.contains("energy: 50.0 % linear, 12.5 % within a layer"), texts);
  }

  /** Whatever stands in a file, the picture stays well-formed. */
  @Test
  void oddNamesAreTexts() {
    List<String> odd = List.of("<b>&\"'", "\u0001\ufffe\ud800", "]]>", "</svg>");
    Document picture = draw(Layered.explanation(odd, OUTPUT));
    saying(picture, "<b>&\"' alone: -2.000");
    saying(picture, "</svg> alone: +0.000");
    assertEquals(1, picture.getElementsByTagName("svg").getLength());
  }

  @Test
  void neuronsHaveRowsOfTheirOwn() {
    int neurons = 40;
    List<Input.Component> components = new ArrayList<>();
    components.add(new Input.Component(Input.Component.HEAD, 0, 1));
    for (int k = 0; k < neurons; k++) {
      components.add(new Input.Component(Input.Component.NEURON, 1, 3 * k));
    }
    components.add(new Input.Component(Input.Component.HEAD, 1, 0));
    LayerGrid grid = new LayerGrid(new Input.Components(List.of(2, 2), components));
    long places = IntStream.range(0, components.size()).mapToObj(grid::of).distinct().count();
    assertEquals(components.size(), places, "no two lie upon each other");
    assertTrue(grid.of(neurons + 1).y() < grid.of(1).y(), "below the heads of their layer");
    assertTrue(grid.of(neurons).y() < grid.of(0).y(), "and above the layer before");
    assertEquals(grid.head(0, 1), grid.of(0));
    assertTrue(IntStream.range(0, components.size()).allMatch(f -> grid.of(f).x() < grid.width()));
    assertTrue(IntStream.range(0, components.size()).allMatch(f -> grid.of(f).y() < grid.height()));
  }

  @Test
  void featuresOutsideLayersHaveNoSuchPicture() {
    Explanation layered = Layered.explanation(OUTPUT);
    Explanation bare =
        new Explanation(4, Layered.NAMES, Input.BARE, layered.outputs(), layered.provenance());
    InputException refused =
        assertThrows(
            InputException.class, () -> LayerPicture.write(new ByteArrayOutputStream(), bare));
    assertTrue(refused.getMessage().contains("do not stand in the layers"), refused.getMessage());
  }
}
