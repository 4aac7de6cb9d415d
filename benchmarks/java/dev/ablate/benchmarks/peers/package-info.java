/** Published estimators of indices, written plainly: what the product is held against. */
package dev.ablate.benchmarks.peers;
