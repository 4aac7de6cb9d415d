/** Masks, how they are drawn, and the designs they come from. */
package dev.ablate.mask;
