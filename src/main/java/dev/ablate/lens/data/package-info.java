/** Training sets: which of their rows, alone and together, make a trained model what it is. */
package dev.ablate.lens.data;
