/** Games whose every mask is evaluated, their exact indices, and how near an estimate comes. */
package dev.ablate.benchmarks.exact;
