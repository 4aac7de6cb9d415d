/** What a run found: explanations, interactions, fit, provenance and report. */
package dev.ablate.explanation;
