package dev.ablate.model.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates that reach for more than the chat, that never end, or that are none. */
@Timeout(60)
class HostileTemplatesTest {
  private static String rendered(String source) {
    return ChatTemplate.of(source, Map.of("bos_token", "<s>"), "t.jinja")
        .render(List.of(Map.of("role", "user", "content", "hello")), List.of(), true);
  }

  private static String refusal(String source) {
    String line = assertThrows(InputException.class, () -> rendered(source)).getMessage();
    assertTrue(line.startsWith("t.jinja cannot be rendered: "), line);
    assertFalse(line.contains("Exception"), line);
    return line;
  }

  /** Ways to Java's objects that its expression languages and jinjava have or had. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ ''.getClass() }}",
        "{{ ''.class.forName('java.lang.Runtime') }}",
        "{{ messages.getClass().getClassLoader() }}",
        "{{ messages[0].getClass().forName('java.lang.Runtime').getRuntime().exec('id') }}",
        "{{ ____int3rpr3t3r____.config }}",
        "{{ ____int3rpr3t3r____.getContext() }}",
        "{{ int3rpr3t3r.render('x') }}",
        "{{ self.__init__.__globals__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ messages.__class__.__base__.__subclasses__() }}",
        "{{ range.__globals__.os }}",
        "{{ raise_exception.__func__.__code__ }}",
        "{{ messages.append(1) }}",
        "{{ messages[0].update({'role': 'x'}) }}",
        "{{ messages[0].pop('role') }}",
        "{{ messages[0].entrySet() }}",
        "{{ messages.stream() }}",
        "{{ 'abc'.chars() }}",
        "{{ 'abc'.getBytes() }}",
        "{{ 'x'.encode('utf-8') }}",
        "{{ type('x') }}",
        "{{ fn:include('x') }}",
        "{{ 'x' | attr('__class__') }}",
        "{{ 'x' | fromyaml }}",
        "{{ '{{ messages }}' | render }}",
        "{% include '/etc/passwd' %}",
        "{% import '/etc/passwd' as x %}",
        "{% from 'x' import y %}",
        "{% extends '/etc/passwd' %}",
        "{% block x %}{% endblock %}",
        "{% do messages.append(1) %}",
        "{% autoescape true %}x{% endautoescape %}",
        "{% trans %}x{% endtrans %}",
        "{% ifchanged x %}{% endifchanged %}",
        "{% unless x %}{% endunless %}",
        "{% set messages.role = 'x' %}",
      })
  void nothingOfJavaAndNoFileIsFound(String source) {
    refusal(source);
  }

  /** What is not there prints as nothing, as it does in Python's sandbox. */
  @Test
  void attributesOfTheInsideAreNotThere() {
    assertEquals(
        "||||",
        rendered(
            "{{ ''.class }}|{{ messages.class }}|{{ messages[0].class }}|{{ x.y if x else '' }}|"
                + "{{ context }}{{ ____int3rpr3t3r____ }}"));
  }

  /** What messages say is never read as a template. */
  @Test
  void contentsAreNoTemplates() {
    String content = "{{ 1 + 1 }} {% for %} {# x #} #{1} ${2}";
    String text =
        ChatTemplate.of("{{ messages[0].content }}", Map.of(), "t")
            .render(List.of(Map.of("role", "user", "content", content)), List.of(), true);
    assertEquals(content, text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{% set x = a * b %}{% endfor %}{%"
            + " endfor %}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% macro f(n) %}{{ g(n) }}{% endmacro %}{% macro g(n) %}{{ f(n) }}{% endmacro %}{{ f(1)"
            + " }}",
        "{{ 'x' * 1000000000 }}",
        "{{ 'x' * 10000000000000 }}",
        "{{ [1] * 1000000000 }}",
        "{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s"
            + " %}{% endfor %}",
        "{% set ns = namespace(s=[1]) %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{%"
            + " endfor %}",
        "{% set ns = namespace(s=[1]) %}{% for i in range(99) %}{% set ns.s = [ns.s, ns.s] %}{%"
            + " endfor %}{{ ns.s }}",
        "{% set ns = namespace(s=[1]) %}{% for i in range(99) %}{% set ns.s = [ns.s, ns.s] %}{%"
            + " endfor %}{{ ns.s | tojson }}",
        "{% set ns = namespace(s=[1], t=[1]) %}{% for i in range(99) %}{% set ns.s = [ns.s, ns.s]"
            + " %}{% set ns.t = [ns.t, ns.t] %}{% endfor %}{{ ns.s == ns.t }}",
        "{% set ns = namespace(s=1) %}{% for i in range(9999) %}{% set ns.s = [ns.s] %}{% endfor"
            + " %}{{ ns.s }}",
        "{% for a in range(100000) %}{{"
            + " 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' }}{% endfor %}",
        "{{ range(100000000) | list }}",
        "{{ 2 ** 100000000000 }}",
        "{{ 9223372036854775807 + 1 }}",
        "{{ 'a' | replace('', 'xxxxxxxx') }}",
        "{{ ('a' * 1000000) | replace('a', 'x' * 1000000) }}",
        "{{ 'x'.rjust(2000000000) }}",
        "{{ '%9999999999s' % 'x' }}",
        "{{ 'x' | indent(1000000000) }}{{ 'a\\nb' | indent('x' * 5000000) }}",
        "{{ ','.join(['x' * 4000000] * 100) }}",
        "{% set ns = namespace(l=[]) %}{% for i in range(99999) %}{% set ns.l = ns.l + ['x' *"
            + " 1000000] %}{% endfor %}",
      })
  void noTemplateRunsForEverOrFillsTheMemory(String source) {
    refusal(source);
  }

  @Test
  void deepTemplatesAreRefused() {
    int deep = 100_000;
    refusal("{{ " + "(".repeat(deep) + "1" + ")".repeat(deep) + " }}");
    refusal("{{ " + "[".repeat(deep) + "]".repeat(deep) + " }}");
    refusal("{{ " + "not ".repeat(deep) + "1 }}");
    refusal("{{ " + "-".repeat(deep) + "1 }}");
    refusal("{{ 1" + " + 1".repeat(deep) + " }}");
    refusal("{{ 1" + " if 1 else 1".repeat(deep) + " }}");
    refusal("{% if 1 %}".repeat(deep) + "{% endif %}".repeat(deep));
    refusal("{{ messages" + "[0]".repeat(deep) + " }}");
    refusal("x".repeat(2 << 20));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ 1",
        "{{ 1 %}",
        "{% if 1",
        "{% if 1 }}",
        "{# x",
        "{% raw %}x",
        "{{ 'x }}",
        "{{ }}",
        "{% %}",
        "{{ 1 2 }}",
        "{{ (1 }}",
        "{{ 1) }}",
        "{{ [1, }}",
        "{{ {1} }}",
        "{{ a. }}",
        "{{ a[ }}",
        "{{ a | }}",
        "{{ a is }}",
        "{{ a if }}",
        "{{ ? }}",
        "{{ $x }}",
        "{{ '\\x1' }}",
        "{{ '\\N{DASH}' }}",
        "{{ f(*x) }}",
        "{{ f(a=1, 2) }}",
        "{% if %}{% endif %}",
        "{% if 1 %}",
        "{% endif %}",
        "{% for x %}{% endfor %}",
        "{% for x in %}{% endfor %}",
        "{% for x in y recursive %}{% endfor %}",
        "{% for in y %}{% endfor %}",
        "{% for x in [1] %}{% endif %}",
        "{% else %}",
        "{% break %}",
        "{% set %}",
        "{% set x = %}",
        "{% set 1 = 2 %}",
        "{% set none = 2 %}",
        "{% macro %}{% endmacro %}",
        "{% macro f %}{% endmacro %}",
        "{% call f %}{% endcall %}",
        "{% elif 1 %}",
        "{% setblock 1 %}{% endsetblock %}",
        "{{ nothing.x }}",
        "{{ nothing() }}",
        "{{ 'x'() }}",
        "{{ 1 + 'x' }}",
        "{{ 1 / 0 }}",
        "{{ 1 % 0 }}",
        "{{ none < 1 }}",
        "{{ none | length }}",
        "{{ 1 in 2 }}",
        "{{ {[]: 1} }}",
        "{{ messages | tojson(foo=1) }}",
        "{{ messages | nosuchfilter }}",
        "{{ messages is nosuchtest }}",
        "{% nosuchtag %}",
        "{{ messages | select('odd') }}",
        "{{ raise_exception }}",
        "{% for a, b in [1] %}{% endfor %}",
        "{% for a, b in [(1, 2, 3)] %}{% endfor %}",
        "{{ strftime_now('%Q') }}",
        "{{ 'x'.format_map({}) }}",
        "{{ [1, 'a'] | sort }}",
        "{{ '%d' % 'x' }}",
        "{{ '%s %s' % ('x',) }}",
        "{{ '%s' % (1, 2) }}",
      })
  void whatIsNoTemplateIsNamed(String source) {
    String line = refusal(source);
    assertTrue(line.contains("line 1"), line);
  }

  @Test
  void theConstructAndItsLineAreNamed() {
    assertEquals(
        "t.jinja cannot be rendered: line 3: the filter 'wordwrap' is not known here; render the"
            + " chat with transformers and give its text, or mend the template",
        refusal("a\n\n{{ 'x' | wordwrap }}"));
    assertTrue(refusal("\n{% include 'x' %}").contains("line 2: the tag 'include' is not known"));
    assertTrue(refusal("{{ 1 is prime }}").contains("line 1: the test 'prime' is not known here"));
    assertTrue(refusal("{{\n\nnothing.x\n}}").contains("line 1: 'nothing' is undefined"));
  }

  @Test
  void severalThreadsMayRender() throws Exception {
    ChatTemplate template =
        ChatTemplate.of(
            "{% for m in messages %}{% set x = m.content %}{{ x }}{% endfor %}", Map.of(), "t");
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Callable<String>> asked = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String content = "content " + i;
      asked.add(
          () ->
              template.render(
                  List.of(Map.of("role", "user", "content", content)), List.of(), true));
    }
    List<Future<String>> answers = threads.invokeAll(asked);
    for (int i = 0; i < 40; i++) {
      assertEquals("content " + i, answers.get(i).get());
    }
    threads.shutdown();
  }

  @Test
  void aFailureLeavesNothingBehind() {
    ChatTemplate template =
        ChatTemplate.of(
            "{% for m in messages %}{{ m.content }}{% if m.role == 'x' %}{{ raise_exception('no')"
                + " }}{% endif %}{% endfor %}",
            Map.of(), "t");
    List<Map<String, Object>> bad = List.of(Map.of("role", "x", "content", "a"));
    List<Map<String, Object>> good = List.of(Map.of("role", "user", "content", "b"));
    assertThrows(InputException.class, () -> template.render(bad, List.of(), true));
    assertEquals("b", template.render(good, List.of(), true));
  }
}
