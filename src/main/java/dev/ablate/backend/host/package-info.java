/**
 * Plain Java on all cores: the reference of every operation and the default where there is no
 * device.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.backend.host;
