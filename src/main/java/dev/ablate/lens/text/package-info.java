/** Texts under a model: words, tokens or sentences are ablated. */
package dev.ablate.lens.text;
