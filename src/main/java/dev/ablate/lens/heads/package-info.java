/** Parts of a network under a set of examples: heads, MLP blocks or neurons are ablated. */
package dev.ablate.lens.heads;
