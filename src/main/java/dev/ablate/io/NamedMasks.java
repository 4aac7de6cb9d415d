package dev.ablate.io;

import dev.ablate.mask.MaskRows;
import java.util.List;

/**
 * Masks of a file.
 *
 * @param rows the masks
 * @param names of their features; empty where the file has none
 */
public record NamedMasks(MaskRows rows, List<String> names) {}
