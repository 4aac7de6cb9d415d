package dev.ablate.cli;

import dev.ablate.natives.Natives;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import org.jline.nativ.CLibrary;

/**
 * The line of standard error in which a bar stands. It asks the system how wide the terminal is:
 * the bar itself would open a terminal of JLine for that, which takes interrupts away from Java, so
 * that they would end the process before anything is kept.
 */
class BarLine extends ConsoleProgressBarConsumer {
  private static final int STANDARD_ERROR = 2;
  private static final int USUAL_WIDTH = 80;
  private static final int LEAST_WIDTH = 10;

  /** The last column is left free: some terminals go on to the next line with it. */
  private static final int MARGIN = 1;

  BarLine() {
    super(System.err);
  }

  @Override
  public final int getMaxRenderedLength() {
    return width() - MARGIN;
  }

  private static int width() {
    try {
      // Where the binding needs its library, it unpacks it anew at every start.
      System.setProperty("jline.tmpdir", Natives.folder().toString());
      CLibrary.WinSize size = new CLibrary.WinSize();
      boolean known = CLibrary.ioctl(STANDARD_ERROR, CLibrary.TIOCGWINSZ, size) == 0;
      return known && size.ws_col >= LEAST_WIDTH ? size.ws_col : USUAL_WIDTH;
    } catch (LinkageError e) {
      // A system for which the binding has no library.
      return USUAL_WIDTH;
    }
  }
}
