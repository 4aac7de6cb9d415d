package dev.ablate.cli;

import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Output;
import dev.ablate.index.Index;
import dev.ablate.io.ExplanationJson;
import dev.ablate.io.ShapiqFile;
import dev.ablate.view.TerminalView;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** What becomes of an explanation: text for people, JSON, shapiq's file. */
final class ExplanationOutput {
  @Mixin private JsonOption json;
  @Mixin private MemoryOption memory;

  @Option(
      names = "--shapiq",
      paramLabel = "FILE",
      description = "writes the interactions as shapiq's own JSON (one target only)")
  private Path shapiq;

  /** Tells which files are written. */
  void tell(CommandFiles files) {
    files.writes("--json", json.file());
    files.writes("--shapiq", shapiq);
  }

  /** Fails now rather than after long work if a file cannot be written. */
  void check(int outputs, Index index) {
    json.check();
    if (shapiq != null) {
      ShapiqFile.requireWritable(shapiq, index);
      if (outputs > 1) {
        throw new InputException(
            "--shapiq "
                + shapiq
                + ": shapiq's format holds one output; ask for one at a time, such as one --target,"
                + " and leave --each away");
      }
    }
  }

  /** Folders of the files that were named, but for those of devices and descriptors. */
  List<Path> folders() {
    return JsonOption.folders(json.file(), shapiq);
  }

  /** The option that writes JSON. */
  JsonOption json() {
    return json;
  }

  /** Refuses the file of an explanation where there is none. */
  void refuseFilesFor(String option) {
    if (shapiq != null) {
      throw new InputException(option + " explains nothing; leave --shapiq away");
    }
  }

  /** Refuses the files of a single explanation where there are many. */
  void refuseFor(String option) {
    if (shapiq != null || json.isSet()) {
      throw new InputException(
          option + " writes one file a text into --out; leave --json and --shapiq away");
    }
  }

  /** Writes the explanation wherever it was asked for, and warnings to standard error. */
  void emit(Explanation explanation, CommandSpec spec) {
    Output first = explanation.outputs().get(0);
    check(explanation.outputs().size(), first.interactions().index());
    PrintWriter err = spec.commandLine().getErr();
    for (String note : explanation.provenance().report().notes()) {
      err.println("ablate: note: " + OneLine.of(note));
    }
    err.flush();
    try {
      json.write(out -> ExplanationJson.write(out, explanation), spec);
      if (shapiq != null) {
        ShapiqFile.write(shapiq, first, explanation.provenance());
      }
    } finally {
      // What a file does not take may still be read.
      print(explanation, spec);
    }
    if (json.file() == null && shapiq == null && spec.commandLine().getOut().checkError()) {
      // Nobody has the result: whatever can be kept must be.
      throw new InputException(Failures.LOST_OUTPUT);
    }
  }

  private void print(Explanation explanation, CommandSpec spec) {
    if (!json.toStandardOutput()) {
      PrintWriter out = spec.commandLine().getOut();
      out.print(new TerminalView(Terminal.colours()).render(explanation));
      out.flush();
    }
  }
}
