package dev.ablate.lens.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.model.chat.ChatTemplate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the contents of messages lie in the text that a template makes. */
class ChatTest {
  private static final String PLAIN =
      "{% for m in messages %}<{{ m.role }}>{{ m.content }}</{{ m.role }}>\n"
          + "{% endfor %}<assistant>";

  private static ChatTemplate template(String source) {
    return ChatTemplate.of(source, Map.of(), "t.jinja");
  }

  private static Map<String, Object> message(String role, Object content) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("role", role);
    message.put("content", content);
    return message;
  }

  private static Map<String, Object> text(String text) {
    return Map.of("type", "text", "text", text);
  }

  @SafeVarargs
  @SuppressWarnings("varargs")
  private static Prompt prompt(String template, Map<String, Object>... messages) {
    return PromptReader.line(Map.of("messages", Arrays.asList(messages)))
        .render(template(template));
  }

  /** What each part says. */
  private static List<String> said(Prompt prompt) {
    return prompt.parts().stream().map(part -> part.span().of(prompt.text())).toList();
  }

  @SafeVarargs
  private static String refusal(String template, Map<String, Object>... messages) {
    return assertThrows(InputException.class, () -> prompt(template, messages)).getMessage();
  }

  @Test
  void contentsAreTheParts() {
    Prompt prompt = prompt(PLAIN, message("system", "Be kind."), message("user", "Who is it?"));
    assertEquals("<system>Be kind.</system>\n<user>Who is it?</user>\n<assistant>", prompt.text());
    assertEquals(List.of("Be kind.", "Who is it?"), said(prompt));
    assertEquals(8, prompt.parts().get(0).span().start());
    assertEquals(List.of(0, 1), prompt.parts().stream().map(Prompt.Part::message).toList());
    assertFalse(prompt.special());
  }

  @Test
  void contentsThatAreEqualOrAreWordsOfTheTemplateAreToldApart() {
    Prompt prompt =
        prompt(
            PLAIN, message("user", "user"), message("assistant", "user"), message("user", "user"));
    assertEquals(
        "<user>user</user>\n<assistant>user</assistant>\n<user>user</user>\n<assistant>",
        prompt.text());
    assertEquals(
        List.of(6, 29, 52), prompt.parts().stream().map(part -> part.span().start()).toList());
    assertEquals(List.of("user", "user", "user"), said(prompt));
  }

  @Test
  void whiteSpaceAroundAContentIsNoPart() {
    String trims = PLAIN.replace("m.content", "m.content | trim");
    for (String template : List.of(PLAIN, trims)) {
      Prompt prompt = prompt(template, message("user", "\n \u00a0Zo\u00eb \ud83d\ude00!\u3000 "));
      assertEquals(List.of("Zo\u00eb \ud83d\ude00!"), said(prompt));
    }
    assertEquals("<user>a</user>\n<assistant>", prompt(trims, message("user", " a ")).text());
  }

  @Test
  void emptyContentsAreNoParts() {
    Prompt prompt =
        prompt(PLAIN, message("user", " \n"), message("user", "x"), message("user", ""));
    assertEquals(List.of("x"), said(prompt));
    assertEquals(1, prompt.parts().get(0).message());
    assertEquals(
        "no message may be ablated; leave \"ablate\": false away where there is a content",
        refusal(PLAIN, message("user", " ")));
  }

  @Test
  void contentsOfSeveralTextsAreSeveralParts() {
    String template =
        "{% for m in messages %}{% for c in m.content %}"
            + "{% if c.type == 'text' %}[{{ c.text }}]{% else %}<image>{% endif %}"
            + "{% endfor %}{% endfor %}";
    Prompt prompt =
        prompt(
            template,
            message("user", List.of(text("one"), Map.of("type", "image"), text("one"), text(""))));
    assertEquals("[one]<image>[one][]", prompt.text());
    assertEquals(List.of("one", "one"), said(prompt));
    assertEquals(List.of(0, 0), prompt.parts().stream().map(Prompt.Part::message).toList());
  }

  @Test
  void messagesMayBeKeptAndNamed() {
    Map<String, Object> kept = message("system", "kept");
    kept.put("ablate", false);
    Map<String, Object> named = message("tool", "found");
    named.put("name", "search");
    String template = PLAIN.replace("m.role }}>", "m.role }} {{ m.name }}{{ m.ablate }}>");
    Prompt prompt = prompt(template, kept, named);
    assertEquals(
        "<system >kept</system >\n<tool search>found</tool search>\n<assistant>", prompt.text());
    assertEquals(List.of("found"), said(prompt));
    assertEquals("search", prompt.parts().get(0).name());
  }

  @Test
  void whatATemplateCutsOffIsNoPart() {
    String template =
        PLAIN.replace(
            "m.content", "m.content.split('</think>')[-1].lstrip('\\n').split('<end>')[0]");
    Prompt prompt =
        prompt(
            template,
            message("user", "Who?"),
            message("assistant", "<think>\nTom > Anna\n</think>\n\n> It is Tom. <end> more"));
    assertEquals(
        "<user>Who?</user>\n<assistant>> It is Tom. </assistant>\n<assistant>", prompt.text());
    assertEquals(List.of("Who?", "> It is Tom."), said(prompt));
    assertEquals(29, prompt.parts().get(1).span().start());
  }

  @Test
  void templatesThatLookIntoContentsAreFollowed() {
    String template =
        "{% for m in messages %}{% if m.content.startswith('!') %}first "
            + "{% elif m.content | length == 3 %}three {% endif %}{{ m.content }};{% endfor %}";
    Prompt prompt =
        prompt(
            template, message("user", "!go"), message("user", "abc"), message("user", "long one"));
    assertEquals("first !go;three abc;long one;", prompt.text());
    assertEquals(List.of("!go", "abc", "long one"), said(prompt));
  }

  @Test
  void contentsInJsonAreParts() {
    Prompt prompt =
        prompt(
            "{% for m in messages %}{{ m.content | tojson }}{% endfor %}",
            message("tool", "a \"b\"\n"));
    assertEquals("\"a \\\"b\\\"\\n\"", prompt.text());
    assertEquals(List.of("a \\\"b\\\""), said(prompt));
  }

  @Test
  void charactersOfPrivateUseMayStandInAChat() {
    Prompt prompt = prompt(PLAIN, message("user", "\ue600 and \uea01"), message("user", "\ue611"));
    assertEquals(List.of("\ue600 and \uea01", "\ue611"), said(prompt));
  }

  @Test
  void whatATemplateSaysOfAChatIsTheLine() {
    String template = "{{ raise_exception('Unknown role: ' ~ messages[0].role) }}";
    assertEquals(
        "t.jinja refuses the chat: Unknown role: critic; change its messages",
        refusal(template, message("critic", "x")));
  }

  @Test
  void aMessageThatATemplateLeavesOutIsNamed() {
    String template =
        "{% for m in messages %}{% if m.role == 'user' %}{{ m.content }}{% endif %}{% endfor %}";
    assertEquals(
        "the content of messages[1] (role \"critic\") is left out of the text by t.jinja; give a"
            + " role that the template knows, or set \"ablate\": false in that message",
        refusal(template, message("user", "a"), message("critic", "b")));
    Map<String, Object> calls = message("assistant", "b");
    calls.put("tool_calls", List.of(Map.of("function", Map.of("name", "f"))));
    assertEquals(List.of("a"), said(prompt(template, message("user", "a"), calls)));
  }

  @Test
  void aContentThatStandsTwiceIsNamed() {
    String line =
        refusal("{{ messages[0].content }} {{ messages[0].content }}", message("user", "a"));
    assertTrue(
        line.startsWith("the content of messages[0] (role \"user\") stands more than once"), line);
  }

  @Test
  void aContentThatIsChangedIsNamed() {
    String template =
        "{{ messages[0].content | replace('a', 'b') | length }}{{ messages[0].content[0] }}";
    String line = refusal(template, message("user", "abc"));
    assertTrue(line.contains("messages[0]"), line);
  }

  @Test
  void toolsReachTheTemplate() {
    Prompt prompt =
        PromptReader.line(
                Map.of(
                    "messages",
                    List.of(message("user", "x")),
                    "tools",
                    List.of(Map.of("name", "f")),
                    "answer",
                    List.of("Tom", "Anna"),
                    "against",
                    "Ben"))
            .render(template("{{ tools[0].name }}: {{ messages[0].content }}"));
    assertEquals("f: x", prompt.text());
    assertEquals(List.of("Tom", "Anna"), prompt.answers());
    assertEquals("Ben", prompt.against());
    assertNull(prompt(PLAIN, message("user", "x")).against());
  }

  @Test
  void aChatNeedsATemplate() {
    PromptSource source = PromptReader.line(Map.of("messages", List.of(message("user", "x"))));
    String line = assertThrows(InputException.class, () -> source.render(null)).getMessage();
    assertTrue(line.startsWith("the model has no chat template"), line);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 30})
  void longChatsAreFollowed(int turns) {
    Map<String, Object>[] messages = messages(turns);
    Prompt prompt = prompt(PLAIN.replace("m.content", "m.content.split('|')[-1]"), messages);
    assertEquals(turns, prompt.parts().size());
    for (int t = 0; t < turns; t++) {
      assertEquals("turn " + t, said(prompt).get(t));
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Map<String, Object>[] messages(int turns) {
    Map<String, Object>[] messages = new Map[turns];
    for (int t = 0; t < turns; t++) {
      messages[t] = message("user", (t % 10 == 0 ? "cut|" : "") + "turn " + t);
    }
    return messages;
  }
}
