package dev.ablate.io;

import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * The masks of a design and what they are, {@code masks.npy} and {@code design.json} of one folder:
 * two files that are one result. No file system moves two files at once, so the pair that was there
 * waits under other names until the new one is whole; at every moment one of the two is complete,
 * and a {@code design.json} never stands beside masks of another design.
 */
public final class DesignFiles {
  static final String PREVIOUS = ".ablate-previous";

  private final Path masks;
  private final Path design;
  private final Path previousMasks;
  private final Path previousDesign;

  /** The pair of a folder. */
  public DesignFiles(Path folder) {
    this.masks = folder.resolve("masks.npy");
    this.design = folder.resolve("design.json");
    this.previousMasks = previous(masks);
    this.previousDesign = previous(design);
  }

  /** Where a file of the pair waits while another one takes its place. */
  static Path previous(Path file) {
    return file.resolveSibling(file.getFileName() + PREVIOUS);
  }

  /** The masks. */
  public Path masks() {
    return masks;
  }

  /** What they are. */
  public Path design() {
    return design;
  }

  /**
   * Writes the pair, in place of one that is there.
   *
   * @param packed whether masks are written 64 features a word
   * @throws dev.ablate.code.InputException if it cannot be written; the pair before it is kept
   */
  public void write(Masks made, boolean packed, Design of) {
    AtomicFiles.requireReplaceable(masks);
    AtomicFiles.requireReplaceable(design);
    try {
      recover();
      try (TemporaryFile newMasks = TemporaryFile.beside(masks);
          TemporaryFile newDesign = TemporaryFile.beside(design)) {
        newMasks.fill(packed ? MaskFile.packedWriter(made) : MaskFile.plainWriter(made));
        newDesign.fill(DesignJson.writer(of));
        replace(newMasks, newDesign);
      }
    } catch (IOException e) {
      throw AtomicFiles.unwritten(masks.resolveSibling("masks.npy and design.json"), e);
    }
  }

  private void replace(TemporaryFile newMasks, TemporaryFile newDesign) throws IOException {
    try {
      // Whether design.json is there says how far this came: see recover().
      if (isThere(masks) && isThere(design)) {
        TemporaryFile.move(design, previousDesign);
      }
      if (isThere(masks)) {
        TemporaryFile.move(masks, previousMasks);
      }
      newMasks.moveTo(masks);
      newDesign.moveTo(design);
    } catch (IOException | RuntimeException | Error e) {
      recover();
      throw e;
    }
    recover();
  }

  /** Finishes what a write that was stopped began: takes it back, or clears up after it. */
  private void recover() throws IOException {
    if (isThere(design)) {
      Files.deleteIfExists(previousMasks);
      Files.deleteIfExists(previousDesign);
      return;
    }
    if (isThere(previousMasks)) {
      TemporaryFile.move(previousMasks, masks);
    }
    if (isThere(previousDesign)) {
      TemporaryFile.move(previousDesign, design);
    }
  }

  private static boolean isThere(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }
}
