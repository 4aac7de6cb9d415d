/** What a run found: explanations, interactions, fit and provenance. */
package dev.ablate.explanation;
