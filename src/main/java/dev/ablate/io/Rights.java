package dev.ablate.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Who may do what with a file that is about to be replaced. The new file gets the same before its
 * first byte: mode, group, and the owner where this user may give files away. Access control lists
 * are not known to Java on Linux and are not kept.
 *
 * @param old null where nothing is replaced: the folder and the umask decide
 */
record Rights(PosixFileAttributes old) {
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rw-------");

  /** What each right of others is for the group. */
  private static final Map<PosixFilePermission, PosixFilePermission> OF_GROUP =
      Map.of(
          PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ,
          PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE,
          PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_EXECUTE);

  /** The rights of what stands at a place; a link there has none to keep. */
  static Rights of(Path place) throws IOException {
    PosixFileAttributeView view = view(place);
    boolean file = view != null && Files.isRegularFile(place, LinkOption.NOFOLLOW_LINKS);
    return new Rights(file ? view.readAttributes() : null);
  }

  private static PosixFileAttributeView view(Path path) {
    return Files.getFileAttributeView(
        path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
  }

  /** Makes an empty file with these rights. */
  void create(Path path) throws IOException {
    if (old == null) {
      Files.createFile(path);
      return;
    }
    Files.createFile(path, PosixFilePermissions.asFileAttribute(PRIVATE));
    PosixFileAttributeView made = view(path);
    Set<PosixFilePermission> rights = EnumSet.noneOf(PosixFilePermission.class);
    rights.addAll(old.permissions());
    if (!keepsGroup(made)) {
      // The group is another one now: it may do no more than anybody.
      OF_GROUP.forEach(
          (group, others) -> {
            if (!rights.contains(others)) {
              rights.remove(group);
            }
          });
    }
    keepOwner(made);
    made.setPermissions(rights);
  }

  private boolean keepsGroup(PosixFileAttributeView made) throws IOException {
    if (made.readAttributes().group().equals(old.group())) {
      return true;
    }
    try {
      made.setGroup(old.group());
      return true;
    } catch (IOException e) {
      // Only members of a group may give it files.
      return false;
    }
  }

  private void keepOwner(PosixFileAttributeView made) throws IOException {
    if (!made.getOwner().equals(old.owner())) {
      try {
        made.setOwner(old.owner());
      } catch (IOException e) {
        // Only the superuser gives files away; the new owner is who writes.
        return;
      }
    }
  }
}
