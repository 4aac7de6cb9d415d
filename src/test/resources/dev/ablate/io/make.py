"""Makes the NPY files that the tests of dev.ablate.io read; written with NumPy 2.4."""

import numpy as np

masks = (np.arange(3)[:, None] * 7 + np.arange(70)[None, :] * 5) % 3 == 0
packed = np.zeros((3, 2), dtype="<u8")
for feature in range(70):
    packed[:, feature // 64] |= masks[:, feature].astype("<u8") << np.uint64(feature % 64)
values = np.array([[1.5, -2.25], [1e-300, 3e200], [0.1, -0.0]])

np.save("masks_bool.npy", masks)
np.save("masks_uint8.npy", masks.astype(np.uint8))
np.save("masks_packed.npy", packed)
np.save("masks_int64.npy", masks.astype(np.int64))
np.save("masks_fortran.npy", np.asfortranarray(masks))
for version in (2, 3):
    with open(f"masks_version{version}.npy", "wb") as file:
        np.lib.format.write_array(file, masks, version=(version, 0))
np.save("values.npy", values)
np.save("values_single.npy", values[:, 0])
np.save("values_float32.npy", np.array([0.1, -7.0], dtype="<f4"))
np.save("values_big_endian.npy", values.astype(">f8"))
np.save("values_nan.npy", np.array([1.0, np.nan, 2.0]))
np.save("objects.npy", np.array([{}, 1], dtype=object), allow_pickle=True)
np.save("structured.npy", np.zeros(2, dtype=[("a", "<f8")]))
np.savez("stored.npz", masks=masks, values=values)
np.savez_compressed("deflated.npz", masks=masks)
