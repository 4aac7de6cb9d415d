/**
 * Which features to keep: the best set of a size by an explanation's spectrum, and curves of what
 * sets of growing size recover.
 */
package dev.ablate.search;
