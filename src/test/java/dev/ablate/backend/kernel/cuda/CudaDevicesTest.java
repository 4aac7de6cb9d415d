package dev.ablate.backend.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.kernel.DeviceListing;
import org.junit.jupiter.api.Test;

class CudaDevicesTest {
  @Test
  void listsDevicesOrSaysWhatIsMissing() {
    DeviceListing listing = CudaDevices.listing();
    assertEquals("cuda", listing.kind());
    if (listing.problem() == null) {
      assertFalse(listing.devices().isEmpty());
    } else {
      assertTrue(listing.devices().isEmpty());
      assertTrue(
          listing.problem().contains("libcuda.so.1") || listing.problem().contains("NVIDIA"),
          listing.problem());
    }
    // The second look finds the same, although the binding loads only once.
    assertEquals(listing.problem(), CudaDevices.listing().problem());
  }
}
