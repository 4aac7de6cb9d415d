package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What is said of errors that no input explains. */
class FailuresTest {
  private static String said(Error error) {
    StringWriter err = new StringWriter();
    CommandLine command = new CommandLine(new Main());
    command.setErr(new PrintWriter(err, true));
    assertEquals(1, Failures.error(error, command));
    assertEquals(1, err.toString().lines().count(), err.toString());
    return err.toString();
  }

  @Test
  void aFullHeapIsToldToGrow() {
    String line = said(new OutOfMemoryError("Java heap space"));
    assertTrue(line.contains("out of memory (Java heap space)"), line);
    assertTrue(line.contains("-Xmx"), line);
  }

  /** Java's pool of threads makes such an error anew, with the first one as its cause. */
  @Test
  void memoryThatRanOutInAnotherThreadIsNamed() {
    Error made = new OutOfMemoryError();
    assertFalse(said(made).contains("null"), said(made));
    assertTrue(said(made).startsWith("ablate: out of memory"), said(made));
    made.initCause(new OutOfMemoryError("GC overhead limit exceeded"));
    assertTrue(said(made).contains("out of memory (GC overhead limit exceeded)"), said(made));
  }

  /** More memory would make it worse: every thread takes some. */
  @Test
  void threadsThatRunOutAreNoMemory() {
    String line =
        said(
            new OutOfMemoryError(
                "unable to create native thread: possibly out of memory or process/resource limits"
                    + " reached"));
    assertTrue(line.startsWith("ablate: no more threads can be started"), line);
    assertTrue(line.contains("--threads") && line.contains("ulimit -u"), line);
    assertFalse(line.contains("-Xmx"), line);
  }

  @Test
  void anArrayThatIsTooLongIsNotHelpedByMemory() {
    String line = said(new OutOfMemoryError("Requested array size exceeds VM limit"));
    assertTrue(line.contains("fewer masks"), line);
    assertFalse(line.contains("-Xmx"), line);
  }

  @Test
  void theCauseIsToldWhereTheErrorSaysNothing() {
    String line =
        said(new ExceptionInInitializerError(new IllegalStateException("no\nfile \u001b[31m")));
    assertTrue(line.contains("IllegalStateException: no file <U+001B>[31m"), line);
  }
}
