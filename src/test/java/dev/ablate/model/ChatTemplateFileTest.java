package dev.ablate.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatTemplateFileTest {
  private static final List<Map<String, Object>> CHAT =
      List.of(Map.of("role", "user", "content", "hi"));
  private static final List<Map<String, Object>> TOOLS = List.of(Map.of("name", "clock"));

  @TempDir private Path folder;

  private void write(String file, String json) throws IOException {
    Files.writeString(folder.resolve(file), json.replace('\'', '"'));
  }

  private String rendered(List<Map<String, Object>> tools) {
    return ChatTemplateFile.read(new ModelFiles.InDirectory(folder)).render(CHAT, tools, true);
  }

  @Test
  void thereMayBeNone() throws IOException {
    write("tokenizer_config.json", "{'bos_token': '<s>'}");
    assertNull(ChatTemplateFile.read(new ModelFiles.InDirectory(folder)));
  }

  @Test
  void aTextIsForAllChats() throws IOException {
    write(
        "tokenizer_config.json",
        "{'bos_token': '<s>', 'chat_template': '{{ bos_token }}{{ messages[0].content }}'}");
    assertEquals("<s>hi", rendered(List.of()));
    assertEquals("<s>hi", rendered(TOOLS));
  }

  @Test
  void aListHasOneForAllAndPerhapsOneForTools() throws IOException {
    write(
        "tokenizer_config.json",
        "{'chat_template': [{'name': 'tool_use', 'template': 'tools: {{ tools[0].name }}'},"
            + " {'name': 'default', 'template': 'none'}]}");
    assertEquals("none", rendered(List.of()));
    assertEquals("tools: clock", rendered(TOOLS));
  }

  @Test
  void aFileOfItsOwnGoesBefore() throws IOException {
    write("tokenizer_config.json", "{'chat_template': 'config'}");
    write("chat_template.json", "{'chat_template': 'json'}");
    assertEquals("json", rendered(List.of()));
    write("chat_template.jinja", "jinja");
    assertEquals("jinja", rendered(List.of()));
  }

  @Test
  void whatIsNoTemplateIsNamed() throws IOException {
    write("tokenizer_config.json", "{'chat_template': [{'name': 'rag', 'template': 'x'}]}");
    refused("chat_template; give a template, or a list with one that is called default");
    Files.write(folder.resolve("chat_template.jinja"), "é".getBytes(StandardCharsets.ISO_8859_1));
    refused("chat_template.jinja is not UTF-8 text");
  }

  private void refused(String message) {
    InputException e = assertThrows(InputException.class, () -> rendered(List.of()));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
