/**
 * ProxySPEX: boosted trees as a proxy, then their exact spectrum, truncated and refined.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.solve.proxyspex;
