package dev.ablate.model.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.model.remote.FirstTokens.Likelihood;
import dev.ablate.model.remote.FirstTokens.Listed;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FirstTokensTest {
  private static final FirstTokens TOKENS =
      new FirstTokens(
          List.of(
              new Listed("Yes", Math.log(0.5)),
              new Listed(" Yes", Math.log(0.25)),
              new Listed("Y", Math.log(0.1)),
              new Listed("No", Math.log(0.05))),
          Usage.UNKNOWN);

  @Test
  void spellingsAddUp() {
    Likelihood yes = TOKENS.of(" Yes");
    assertEquals(Math.log(0.75), yes.logProbability(), 1e-12);
    assertFalse(yes.bound());
    assertEquals(Math.log(0.1), TOKENS.of("Y").logProbability(), 1e-12);
  }

  @Test
  void whatIsNotListedHasABound() {
    // What the four leave is 0.1, more than the least of them has.
    Likelihood other = TOKENS.of("Maybe");
    assertTrue(other.bound());
    assertEquals(Math.log(0.05), other.logProbability(), 1e-12);
    FirstTokens sure =
        new FirstTokens(
            List.of(new Listed("a", Math.log(0.6)), new Listed("b", Math.log(0.39))),
            Usage.UNKNOWN);
    assertEquals(Math.log(0.01), sure.of("c").logProbability(), 1e-9);
  }

  @Test
  void anAnswerBeginsByTheLongestTokenThatFits() {
    assertEquals(Optional.of("Yes"), TOKENS.firstOf(" Yes, it is"));
    assertEquals(Optional.of("Y"), TOKENS.firstOf("You"));
    assertEquals(Optional.empty(), TOKENS.firstOf("Maybe"));
  }
}
