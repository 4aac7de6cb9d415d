package dev.ablate.model.tokenizer;

import dev.ablate.code.InputException;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The library in a process of its own. A text over which that process ends, or that it does not
 * finish, is refused; the next text gets a new process.
 */
final class ChildEncoder implements Encoder {
  private final byte[] json;
  private final String origin;
  private final Limits limits;
  private Child child;

  /**
   * How long the process may take.
   *
   * @param reading to start and read the file
   * @param text to split one text, or to join its tokens
   */
  record Limits(Duration reading, Duration text) {
    /** Far more than either ever took. */
    static final Limits USUAL = new Limits(Duration.ofSeconds(60), Duration.ofSeconds(30));
  }

  /**
   * Reads a tokenizer.
   *
   * @param json the content of {@code tokenizer.json}
   * @param origin where it came from, for messages
   * @throws InputException if it is no tokenizer, or if no process can be started
   */
  ChildEncoder(byte[] json, String origin, Limits limits) {
    this.json = json;
    this.origin = origin;
    this.limits = limits;
    start();
  }

  private void start() {
    try {
      child = Child.start(origin);
      child.receive(limits.reading());
    } catch (IOException | Child.Ended e) {
      stop();
      throw new InputException(
          "the tokenizer "
              + origin
              + " needs a Java process of its own, and none starts: "
              + TokenizerFile.shortened(String.valueOf(e.getMessage()))
              + "; see how many processes and how much memory there may be",
          e);
    } catch (RuntimeException e) {
      stop();
      throw e;
    }
    try {
      child.send(json, new byte[0]);
      ByteBuffer answer = child.receive(limits.reading());
      if (answer.get() != ChildMain.DONE) {
        throw new InputException(text(answer));
      }
    } catch (Child.Ended e) {
      stop();
      throw TokenizerFile.noTokenizer(
          origin, "the library does not get through it: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      stop();
      throw e;
    }
  }

  @Override
  public synchronized Encoded encode(String text, boolean special) throws Refusal {
    byte wanted = special ? ChildMain.SPLIT_WITH_SPECIAL : ChildMain.SPLIT;
    ByteBuffer answer = ask(wanted, text.getBytes(StandardCharsets.UTF_8), "split the text");
    try {
      return Encoded.read(
          new DataInputStream(
              new ByteArrayInputStream(answer.array(), answer.position(), answer.remaining())));
    } catch (IOException e) {
      throw new UncheckedIOException("the answer of the tokenizer's process is cut short", e);
    }
  }

  @Override
  public synchronized String decode(long[] ids) throws Refusal {
    ByteBuffer numbers = ByteBuffer.allocate(ids.length * Long.BYTES);
    numbers.asLongBuffer().put(ids);
    return text(ask(ChildMain.JOIN, numbers.array(), "make a text of tokens"));
  }

  private ByteBuffer ask(byte wanted, byte[] of, String what) throws Refusal {
    if (child == null) {
      start();
    }
    try {
      child.send(new byte[] {wanted}, of);
      ByteBuffer answer = child.receive(limits.text());
      if (answer.get() != ChildMain.DONE) {
        throw new Refusal(text(answer));
      }
      return answer;
    } catch (Child.Ended e) {
      stop();
      throw new InputException(
          "the tokenizer "
              + origin
              + " cannot "
              + what
              + ": the library does not get through it: "
              + e.getMessage()
              + "; shorten the text, or save the tokenizer again",
          e);
    } catch (RuntimeException e) {
      // An answer that comes later would be taken for that to the next text.
      stop();
      throw e;
    }
  }

  private static String text(ByteBuffer answer) {
    return StandardCharsets.UTF_8.decode(answer).toString();
  }

  private void stop() {
    if (child != null) {
      child.close();
      child = null;
    }
  }

  @Override
  public synchronized void close() {
    stop();
  }
}
